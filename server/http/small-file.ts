/** A form with one small file, hashed while it is written to DATA_DIR/uploads under a name of our own; the caller takes it away. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { invalidField, shown } from './problem.ts';
import { brokenForm } from './upload.ts';
import { cleanName, needRoom, type StoredFile, temporaryPrefix, uploadsFolder } from './uploads/stored-file.ts';

const mostFields = 10;
const fieldBytes = 4096;

/** @throws AppError `validation`, `too-large`; nothing is left behind then */
export async function receiveSmallFile(
  request: FastifyRequest,
  { dataDir, limitBytes }: { dataDir: string; limitBytes: number },
): Promise<{ fields: Record<string, string>; file: StoredFile }> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes + mostFields * fieldBytes) throw tooLarge(limitBytes);
  await mkdir(uploadsFolder(dataDir), { recursive: true });
  await needRoom(uploadsFolder(dataDir), limitBytes);
  const path = join(uploadsFolder(dataDir), `${temporaryPrefix}${randomUUID()}`);
  const fields: Record<string, string> = {};
  let file: StoredFile | undefined;
  try {
    const limits = { files: 1, fields: mostFields, parts: mostFields + 1, fieldSize: fieldBytes, fileSize: limitBytes };
    for await (const part of request.parts({ limits: { ...limits, fieldNameSize: 100, headerPairs: 100 } })) {
      if (part.type === 'field') {
        const name = part.fieldname;
        if (part.valueTruncated || Object.hasOwn(fields, name)) throw badField(name);
        fields[name] = String(part.value);
        continue;
      }
      if (part.fieldname !== 'file') throw badField(part.fieldname);
      const hash = createHash('sha256');
      let bytes = 0;
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          bytes += chunk.length;
          done(null, chunk);
        },
      });
      await pipeline(part.file, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      if (part.file.truncated) throw tooLarge(limitBytes);
      file = { path, sha256: hash.digest('hex'), fileName: cleanName(part.filename), bytes };
    }
    if (file === undefined || file.bytes === 0) throw noFile();
    return { fields, file };
  } catch (error) {
    await rm(path, { force: true });
    throw brokenForm(error);
  }
}

const badField = (name: string) =>
  invalidField(shown(name), {
    zh: `表单字段 ${shown(name)} 过长、重复或不是文件字段 file。`,
    en: `The field ${shown(name)} of the form is too long, there twice, or not the file field “file”.`,
  });
const noFile = () =>
  invalidField('file', {
    zh: '请选择文件后上传（表单的 file 字段）。',
    en: 'Choose a file and send it in the field “file”.',
  });
const tooLarge = (limitBytes: number) => {
  const mb = Math.floor(limitBytes / 1024 / 1024);
  return new AppError(
    'too-large',
    {
      zh: `附件超过 ${mb} MB 的上限，请缩小照片或拆分文件后上传。`,
      en: `The file is over the limit of ${mb} MB; make the photo smaller or split the document.`,
    },
    { field: 'file' },
  );
};
