/**
 * A multipart upload, streamed to DATA_DIR/uploads/<sha256>: hashed while it is written, under a name of our own, moved
 * into place only when the whole form was sound; or, by upload_id, a file that came before it (uploads/). Nothing is ever
 * written under a client's name (THREATS T3, T22, T23).
 */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { frameworkProblem } from './framework-problem.ts';
import { invalidField, shown } from './problem.ts';
import {
  cleanName,
  emptyFile,
  needRoom,
  type StoredFile,
  settle,
  temporaryPrefix,
  tooLarge,
  uploadsFolder,
} from './uploads/stored-file.ts';
import { bothFileAndUpload, type Uploads } from './uploads/uploads.ts';

/** bytes of a text field; field_map is the longest, 20,000 characters */
const fieldBytes = 80_000;
const mostFields = 40;

/**
 * `check` judges the fields before the file is put into place, so that a request that is refused leaves nothing behind.
 * Throws `format-unsupported`, `validation`, `too-large`, and ENOSPC where the disk is full.
 */
export async function receiveUpload<Asked>(
  request: FastifyRequest,
  options: {
    dataDir: string;
    limitBytes: number;
    uploads: Uploads;
    check(fields: Record<string, string>): Asked | Promise<Asked>;
  },
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
    const { upload_id: uploadId, ...said } = fields;
    if (stored !== undefined && uploadId) throw bothFileAndUpload();
    if (stored === undefined && !uploadId) throw noFile();
    if (stored?.bytes === 0) throw emptyFile();
    const asked = await options.check(said);
    if (stored === undefined) return { asked, file: await options.uploads.take(uploadId ?? '', options.limitBytes) };
    const file = { ...stored, path: await settle(stored.path, stored.sha256, folder) };
    await options.uploads.store.offer(file);
    return { asked, file };
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

async function refuseBeforeReading(request: FastifyRequest, folder: string, limitBytes: number): Promise<void> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes + mostFields * fieldBytes) throw tooLarge(limitBytes);
  await needRoom(folder, announced);
}

/** The multipart reader throws plain errors with no code for a form that is not one. */
export function brokenForm(error: unknown): unknown {
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

const noFile = () =>
  invalidField('file', {
    zh: '缺少文件。请把文件放在表单的 file 字段中上传，或用 upload_id 指明已传完的上传。',
    en: 'There is no file. Send it in the field “file” of the form, or name a finished upload by upload_id.',
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
