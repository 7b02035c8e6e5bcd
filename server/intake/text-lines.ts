/**
 * A text file as numbered lines, and in which encoding: a byte-order mark, the zeros of UTF-16 without one, else what all
 * its text reads as (DOMAIN §4.1: mark → strict UTF-8 → GB18030). Line ends CRLF, LF or a lone CR, mixed too. Streamed.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { IntakeLimits } from '../domain/limits.ts';
import { AppError, type ProblemCode, type Sentence } from '../errors.ts';
import { FileWindow } from './file-window.ts';
import type { EncodingDecision } from './source-types.ts';
import { EncodingTally, encodingOfPerson } from './text-encoding.ts';

const chunkBytes = 256 * 1024;

/** What a text should be: for the words and the code of a refusal, and how many bytes a line of it may have. */
export interface TextKind {
  noun: Sentence;
  code: ProblemCode;
  longestLine: number;
}

export interface TextJob {
  encoding: string | undefined;
  limits: IntakeLimits;
  kind: TextKind;
}

type Progress = (share: number) => void;

export interface TextLine {
  /** from 1 */
  number: number;
  text: string;
}

export interface TextFile {
  encoding: EncodingDecision;
  /** does any letter of it depend on the encoding? */
  matters: boolean;
  lines(progress: Progress): Generator<TextLine, void, undefined>;
  close(): void;
}

/**
 * `path` as text; `file` is its name as shown, `scratch` a free path for a copy in UTF-8. Throws too-large (bytes, lines),
 * encoding-undetermined, and the code of its kind (a line without end, control characters).
 */
export function openText(job: TextJob, path: string, file: string, scratch: string, progress: Progress): TextFile {
  const { entryBytes } = job.limits;
  let window = new FileWindow(path);
  try {
    if (window.size > entryBytes) {
      const mb = Math.round(entryBytes / 1024 / 1024);
      throw tooLarge(file, `${mb} MB`, `${mb} MB`);
    }
    const head = Buffer.from(window.read(0, 64 * 1024));
    const stated = job.encoding === undefined ? undefined : encodingOfPerson(job.encoding);
    let encoding = stated ?? marked(head);
    let matters = true;
    if (encoding && /^utf-16/i.test(encoding.encoding)) {
      transcode(window, encoding.encoding, file, scratch, (share) => progress(share / 2));
      window.close();
      window = new FileWindow(scratch);
    } else if (!encoding) {
      const tally = new EncodingTally(file, null);
      for (const { number, bytes } of rawLines(window, file, job, progress)) tally.add(bytes, false, { row: number });
      encoding = tally.decide().decision;
      matters = tally.matters;
    }
    const label = /^utf-16/i.test(encoding.encoding) ? 'UTF-8' : encoding.encoding;
    const opened = window;
    return {
      encoding,
      matters,
      lines: (report) => decodedLines(rawLines(opened, file, job, report), label, file, job.kind),
      close: () => opened.close(),
    };
  } catch (error) {
    window.close();
    throw error;
  }
}

/** UTF-16 by its mark or its zeros, UTF-8 by its mark; undefined where the text has to be weighed. */
export function marked(head: Buffer): EncodingDecision | undefined {
  const decision = (encoding: string, zh: string, en: string): EncodingDecision => ({
    encoding,
    declared: null,
    source: 'content',
    reason: { zh, en },
  });
  const mark = (label: string) =>
    decision(label, `文件以 ${label} 的标记开头，按此读取。`, `The file begins with the mark of ${label}.`);
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return mark('UTF-8');
  if (head[0] === 0xff && head[1] === 0xfe) return mark('UTF-16LE');
  if (head[0] === 0xfe && head[1] === 0xff) return mark('UTF-16BE');
  const zeros = [0, 0];
  const pairs = head.length >> 1;
  for (let i = 0; i < 2 * pairs; i++) if (head[i] === 0) zeros[i & 1]!++;
  // digits, commas and line ends are half and more of such a file; no other encoding has a zero on one side only
  const label =
    zeros[0] === 0 && zeros[1]! > pairs / 4
      ? 'UTF-16LE'
      : zeros[1] === 0 && zeros[0]! > pairs / 4
        ? 'UTF-16BE'
        : undefined;
  if (label)
    return decision(label, `文件没有标记，按字节判定为 ${label}。`, `No mark; by its bytes the file is ${label}.`);
  return undefined;
}

/** The beginning as text, of what encoding ever; one damaged letter does not make it another file. */
export function leadingText(head: Buffer): string {
  const label = marked(head)?.encoding;
  for (const encoding of label ? [label] : ['utf-8', 'gb18030', 'big5']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true }).replace(/\r\n?/g, '\n');
    } catch {
      // not this encoding
    }
  }
  return new TextDecoder('gb18030').decode(head).replace(/\r\n?/g, '\n');
}

function transcode(source: FileWindow, label: string, file: string, path: string, progress: Progress): void {
  const decoder = new TextDecoder(label, { fatal: true });
  const out = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < source.size; at += chunkBytes) {
      const last = at + chunkBytes >= source.size;
      let text: Buffer;
      try {
        text = Buffer.from(decoder.decode(source.read(at, chunkBytes), { stream: !last }), 'utf8');
      } catch (cause) {
        throw notOf(label, file, undefined, cause);
      }
      for (let done = 0; done < text.length; ) done += writeSync(out, text, done);
      progress(at / source.size);
    }
  } finally {
    closeSync(out);
  }
}

/** Lines as bytes, valid until the next one. Big5 and GB18030 have no CR or LF inside a character. */
function* rawLines(
  window: FileWindow,
  file: string,
  { limits: { lines: most }, kind }: TextJob,
  progress: Progress,
): Generator<{ number: number; bytes: Buffer }, void, undefined> {
  const { longestLine } = kind;
  const first = window.read(0, 3);
  let at = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0;
  let rest = Buffer.alloc(0);
  let number = 0;
  let afterReturn = false;
  const next = (bytes: Buffer) => {
    number++;
    if (number > most) throw tooLarge(file, `${most} 行`, `${most} lines`);
    if (bytes.length > longestLine)
      throw noSuchText(file, number, kind, {
        zh: `这一行超过 ${longestLine} 字节，不是${kind.noun.zh}`,
        en: `it has more than ${longestLine} bytes and is no ${kind.noun.en}`,
      });
    return { number, bytes };
  };
  for (; at < window.size; at += chunkBytes) {
    progress(at / window.size);
    const chunk = window.read(at, chunkBytes);
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte !== 0x0a && byte !== 0x0d) {
        afterReturn = false;
        continue;
      }
      // the LF of a CRLF ends nothing more
      if (!(byte === 0x0a && afterReturn)) {
        const piece = chunk.subarray(start, i);
        yield next(rest.length > 0 ? Buffer.concat([rest, piece]) : piece);
        rest = Buffer.alloc(0);
      }
      afterReturn = byte === 0x0d;
      start = i + 1;
    }
    // copied: the window is overwritten by the next read
    if (start < chunk.length) rest = Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > longestLine) next(rest);
  }
  if (rest.length > 0) yield next(rest);
}

/** Most lines are points: ASCII, and nothing in them to look for. */
const plain = /^[\t\x20-\x7e]*$/;
/** No text has these: tab, line ends and form feed are not among them. */
const control = /[\p{Cc}--[\t\n\v\f\r\x7f-\x9f]]/v;

function* decodedLines(
  lines: Iterable<{ number: number; bytes: Buffer }>,
  label: string,
  file: string,
  kind: TextKind,
): Generator<TextLine, void, undefined> {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  for (const { number, bytes } of lines) {
    let text = bytes.toString('latin1');
    if (plain.test(text)) {
      yield { number, text };
      continue;
    }
    try {
      text = decoder.decode(bytes);
    } catch (cause) {
      throw notOf(label, file, number, cause);
    }
    // DOS programs end a file with Ctrl-Z
    if (text.endsWith('\x1a')) text = text.slice(0, -1);
    if (control.test(text))
      throw noSuchText(file, number, kind, {
        zh: `含有二进制内容，不是${kind.noun.zh}或已损坏`,
        en: `it has binary content: no ${kind.noun.en}, or damaged`,
      });
    yield { number, text };
  }
}

function tooLarge(file: string, zh: string, en: string): AppError {
  return new AppError(
    'too-large',
    { zh: `${file} 超过 ${zh}，请拆分后分批上传。`, en: `${file} has more than ${en}; split it.` },
    { file },
  );
}

function noSuchText(file: string, row: number, { code }: TextKind, { zh, en }: Sentence): AppError {
  return new AppError(
    code,
    {
      zh: `${file} 第 ${row} 行：${zh}，请检查是否选错了文件。`,
      en: `${file}, line ${row}: ${en}; check that the right file was chosen.`,
    },
    { file, row },
  );
}

function notOf(label: string, file: string, row: number | undefined, cause: unknown): AppError {
  const at = row === undefined ? { zh: '', en: '' } : { zh: `第 ${row} 行`, en: `Line ${row} of ` };
  return new AppError(
    'encoding-undetermined',
    {
      zh: `${file} ${at.zh}不是 ${label} 编码的文字。请用 encoding 指定正确的编码，或以 UTF-8 另存后上传。`,
      en: `${at.en}${file} is not text of ${label}. Give the right encoding, or save it as UTF-8.`,
    },
    row === undefined ? { file } : { file, row },
    { cause },
  );
}
