/**
 * A multipart upload, streamed to DATA_DIR/uploads/<sha256>: hashed while it is written, under a name of our own, moved
 * into place only when the whole form was sound. Nothing is ever written under a client's name (THREATS T3, T22, T23).
 */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { frameworkProblem } from './framework-problem.ts';
import { invalidField, shown } from './problem.ts';

export interface StoredFile {
  path: string;
  sha256: string;
  /** what the client calls it; for showing only */
  fileName: string;
  bytes: number;
}

export const uploadsFolder = (dataDir: string): string => join(dataDir, 'uploads');
export const temporaryPrefix = '.part-';

/** bytes of a text field; field_map is the longest, 20,000 characters */
const fieldBytes = 80_000;
const mostFields = 40;
/** room that must stay on the disk beside the upload: the database writes too */
const spareBytes = 64 * 1024 * 1024;

/**
 * `check` judges the fields before the file is put into place, so that a request that is refused leaves nothing behind.
 * Throws `format-unsupported`, `validation`, `too-large`, and ENOSPC where the disk is full.
 */
export async function receiveUpload<Asked>(
  request: FastifyRequest,
  options: { dataDir: string; limitBytes: number; check(fields: Record<string, string>): Asked | Promise<Asked> },
): Promise<{ asked: Asked; file: StoredFile }> {
  const folder = uploadsFolder(options.dataDir);
  await mkdir(folder, { recursive: true });
  await refuseBeforeReading(request, folder, options.limitBytes);
  const fields: Record<string, string> = {};
  let stored: StoredFile | undefined;
  let formRead = false;
  try {
    const parts = request.parts({
      limits: {
        files: 1,
        fields: mostFields,
        parts: mostFields + 1,
        fieldNameSize: 100,
        fieldSize: fieldBytes,
        headerPairs: 100,
        fileSize: options.limitBytes,
      },
    });
    for await (const part of parts) {
      if (part.type === 'file') {
        if (part.fieldname !== 'file') throw wrongFileField(part.fieldname);
        stored = await store(part.file, folder, part.filename, options.limitBytes);
      } else {
        if (part.valueTruncated || part.fieldnameTruncated) throw tooLong(part.fieldname);
        if (Object.hasOwn(fields, part.fieldname)) throw twice(part.fieldname);
        // a part that says it is JSON comes parsed: some clients send field_map so
        fields[part.fieldname] = typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
      }
    }
    formRead = true;
    if (stored === undefined) throw noFile();
    if (stored.bytes === 0) throw emptyFile();
    const asked = await options.check(fields);
    return { asked, file: await settle(stored, folder) };
  } catch (error) {
    if (stored !== undefined) await rm(stored.path, { force: true });
    // what `check` asks the database for may fail too, which is no fault of the form
    throw formRead ? error : brokenForm(error);
  }
}

async function store(
  source: Readable & { truncated?: boolean },
  folder: string,
  name: string,
  limitBytes: number,
): Promise<StoredFile> {
  const path = join(folder, `${temporaryPrefix}${randomUUID()}`);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(source, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (source.truncated) throw tooLarge(limitBytes);
    return { path, sha256: hash.digest('hex'), fileName: cleanName(name), bytes };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Same bytes, same place: the second upload of a file leaves the first one where it is, only younger. */
async function settle(stored: StoredFile, folder: string): Promise<StoredFile> {
  const path = join(folder, stored.sha256);
  const present = await access(path).then(
    () => true,
    () => false,
  );
  if (present) {
    await rm(stored.path, { force: true });
    await utimes(path, new Date(), new Date());
  } else await rename(stored.path, path);
  return { ...stored, path };
}

async function refuseBeforeReading(request: FastifyRequest, folder: string, limitBytes: number): Promise<void> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes + mostFields * fieldBytes) throw tooLarge(limitBytes);
  const disk = await statfs(folder);
  if (disk.bavail * disk.bsize < announced + spareBytes)
    throw Object.assign(new Error('no room for the upload'), { code: 'ENOSPC' });
}

/** The multipart reader throws plain errors with no code for a form that is not one. */
function brokenForm(error: unknown): unknown {
  if (error instanceof AppError || frameworkProblem(error) !== undefined) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === undefined || code === 'ERR_STREAM_PREMATURE_CLOSE' || /multipart|boundary|form/i.test(String(message))) {
    return new AppError(
      'validation',
      {
        zh: '上传的表单（multipart/form-data）不完整或格式有误，请重新上传。',
        en: 'The form (multipart/form-data) is incomplete or malformed; upload again.',
      },
      undefined,
      { cause: error },
    );
  }
  return error;
}

/** The last part of a path, whichever way its slashes go; control and direction characters out. */
export function cleanName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '').trim();
  return Array.from(clean).slice(0, 200).join('') || 'file';
}

export function tooLarge(limitBytes: number): AppError {
  const mb = Math.floor(limitBytes / 1024 / 1024);
  return new AppError(
    'too-large',
    {
      zh: `文件超过 ${mb} MB 的上限，请拆分或压缩为 zip 后上传。`,
      en: `The file is over the limit of ${mb} MB; split it, or zip it.`,
    },
    { field: 'file' },
  );
}

const noFile = () =>
  invalidField('file', {
    zh: '缺少文件。请把文件放在表单的 file 字段中上传。',
    en: 'There is no file. Send it in the field “file” of the form.',
  });
/** Also what a browser sends for a form in which no file was chosen. */
const emptyFile = () =>
  invalidField('file', {
    zh: '文件是空的，请选择文件后重新上传。',
    en: 'The file is empty; choose one and upload again.',
  });
const wrongFileField = (field: string) =>
  invalidField(shown(field), {
    zh: `文件应放在 file 字段中，收到的是 ${shown(field)}。`,
    en: `The file belongs into the field “file”; it came in ${shown(field)}.`,
  });
const tooLong = (field: string) =>
  new AppError(
    'too-large',
    { zh: `字段 ${shown(field)} 过长。`, en: `Field ${shown(field)} is too long.` },
    { field: shown(field) },
  );
const twice = (field: string) =>
  invalidField(shown(field), {
    zh: `字段 ${shown(field)} 重复出现，只能出现一次。`,
    en: `Field ${shown(field)} is there more than once.`,
  });
