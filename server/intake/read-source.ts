/**
 * Reading a foreign vector file in a process of its own (HOUSE §2): its memory and progress are watched, it can be
 * killed, and whatever it does the caller gets a report or a problem in a sentence, never a crash. No database here.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IntakeLimits } from '../domain/limits.ts';
import { AppError, type ProblemCode, type Sentence } from '../errors.ts';
import { parserEnvironment } from '../terrain/watched-child.ts';
import type { ParserMessage, ParserOrder } from './child-messages.ts';
import { printable } from './printable.ts';
import type { ReadHooks, SourceOptions, SourceReport } from './source-types.ts';
import { readSpool } from './spool.ts';

export { readSpool } from './spool.ts';

const child = fileURLToPath(new URL('./read-source.child.ts', import.meta.url));
/** Heap is a part of resident memory; buffers and the runtime need the rest. */
const heapShare = 0.6;
const watchEvery = 250;
const keptStderr = 4000;

/**
 * Read a file into a spool. Coordinates stay in the file's CRS (`report.crs.srid`), areas are not computed.
 * Throws AppError with a code of CONTRACT §6 (the file is at fault), the signal's reason (aborted), or a plain Error
 * (the machine is at fault). The caller deletes `report.spool`; on failure nothing is left behind.
 */
export async function readVectorSource(
  path: string,
  fileName: string,
  options: SourceOptions,
  limits: IntakeLimits,
  hooks?: ReadHooks,
): Promise<SourceReport> {
  hooks?.signal?.throwIfAborted();
  const parent = hooks?.tempDir ?? tmpdir();
  const tempDir = await mkdtemp(join(parent, 'zhanbu-intake-'));
  const spool = join(parent, `zhanbu-spool-${randomUUID()}.bin`);
  try {
    return await runParser({ path, fileName, options, limits, tempDir, spool }, hooks);
  } catch (error) {
    await rm(spool, { force: true });
    throw error;
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}

type Ending = { kind: 'stalled' } | { kind: 'memory' } | { kind: 'aborted' };

function runParser(order: ParserOrder, hooks: ReadHooks | undefined): Promise<SourceReport> {
  const { limits, fileName } = order;
  return new Promise((resolve, reject) => {
    const heapMb = Math.floor((limits.parserMemoryBytes * heapShare) / 1024 / 1024);
    const parser = fork(child, [], {
      execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
      // Windows needs its own folder to start a program
      env: platform() === 'win32' ? undefined : parserEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    let ending: Ending | undefined;
    let answer: ParserMessage | undefined;
    let format: SourceReport['format'] | undefined;
    let lastSign = Date.now();
    let furthest = 0;
    let stderr = '';
    let ended = false;

    const end = (how: Ending) => {
      ending ??= how;
      parser.kill('SIGKILL');
    };
    const onAbort = () => end({ kind: 'aborted' });
    hooks?.signal?.addEventListener('abort', onAbort, { once: true });
    const watch = setInterval(() => {
      if (Date.now() - lastSign > limits.stallMs) end({ kind: 'stalled' });
      void residentBytes(parser).then((bytes) => {
        if (bytes > limits.parserMemoryBytes) end({ kind: 'memory' });
      });
    }, watchEvery);

    parser.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < keptStderr) stderr += chunk.toString('utf8').slice(0, keptStderr);
    });
    parser.on('message', (message: ParserMessage) => {
      lastSign = Date.now();
      if (message.kind === 'ready') parser.send(order);
      else if (message.kind === 'began') format = message.format;
      else if (message.kind === 'writing')
        hooks?.writing?.(
          message.fields,
          readSpool(order.spool, () => ended),
        );
      else if (message.kind === 'progress') {
        if (message.rss > limits.parserMemoryBytes) end({ kind: 'memory' });
        if (message.share > furthest) {
          furthest = message.share;
          hooks?.progress?.(Math.min(1, furthest));
        }
      } else answer = message;
    });
    const settle = (result: SourceReport | Error) => {
      ended = true;
      clearInterval(watch);
      hooks?.signal?.removeEventListener('abort', onAbort);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    parser.on('error', (error) => settle(new Error('the parser process could not be started', { cause: error })));
    // 'close' comes after stderr has ended, 'exit' may come before
    parser.on('close', (code, signal) => {
      if (ending?.kind === 'aborted') return settle(abortReason(hooks?.signal));
      if (answer?.kind === 'report') return settle(answer.report);
      if (answer?.kind === 'problem') return settle(new AppError(answer.code, answer.detail, answer.where));
      if (answer?.kind === 'system') return settle(systemError(answer.code, answer.message));
      const said = answer?.kind === 'crash' ? answer.stack : stderr;
      const outOfMemory = ending?.kind === 'memory' || /heap out of memory|Array buffer allocation failed/.test(said);
      settle(
        failure(fileName, format, outOfMemory ? { kind: 'memory' } : ending, limits, `exit ${code ?? signal}: ${said}`),
      );
    });
  });
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('reading was aborted', 'AbortError');
}

function systemError(code: string, message: string): Error {
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return new Error(`reading a file failed: ${message}`);
  return new AppError('storage-full', {
    zh: '服务器磁盘空间不足，文件没有保存。请联系管理员清理后重试。',
    en: 'The server has no disk space left; nothing was stored. Ask the administrator, then try again.',
  });
}

/** What a file is called that broke its parser. */
const brokenCode: Record<SourceReport['format'], ProblemCode> = {
  shapefile: 'shapefile-corrupt',
  geojson: 'geojson-invalid',
  geopackage: 'geopackage-corrupt',
  kml: 'kml-invalid',
  filegdb: 'gdb-corrupt',
  txt: 'txt-invalid',
  csv: 'table-invalid',
  xlsx: 'table-invalid',
};

/** A parser that died, hung or grew: the file did that, so it is refused, with all that is known as the cause. */
function failure(
  fileName: string,
  format: SourceReport['format'] | undefined,
  ending: Ending | undefined,
  limits: IntakeLimits,
  said: string,
): AppError {
  const file = printable(fileName);
  const cause = new Error(said);
  const refuse = (code: ProblemCode, detail: Sentence) => new AppError(code, detail, { file }, { cause });
  if (ending?.kind === 'memory') {
    const mb = Math.round(limits.parserMemoryBytes / 1024 / 1024);
    return refuse('too-large', {
      zh: `读取 ${file} 需要的内存超过 ${mb} MB，已中止。请拆分后分批上传。`,
      en: `Reading ${file} needs more than ${mb} MB of memory and was stopped. Split it.`,
    });
  }
  const code = format === undefined ? 'not-a-zip' : brokenCode[format];
  const seconds = Math.round(limits.stallMs / 1000);
  return ending?.kind === 'stalled'
    ? refuse(code, {
        zh: `读取 ${file} 时超过 ${seconds} 秒没有进展，已中止：文件可能损坏或过于复杂。请修复、重新导出或拆分后上传。`,
        en: `Reading ${file} made no progress for ${seconds} seconds and was stopped: it may be damaged or too complex. Repair, export again or split it.`,
      })
    : refuse(code, {
        zh: `无法读取 ${file}：文件内容异常。请在原软件中重新导出后上传。`,
        en: `${file} cannot be read: its content is abnormal. Export it again from the program it comes from.`,
      });
}

/** Resident memory of a process, 0 where the system does not tell (there the parser's own figures count). */
async function residentBytes({ pid }: ChildProcess): Promise<number> {
  if (pid === undefined || platform() !== 'linux') return 0;
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
