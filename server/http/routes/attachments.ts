import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type Attachment,
  bytesOf,
  distanceTo,
  inspect,
  oneAttachment,
  refuseTooManyLoose,
  storeAttachment,
  sweepAttachments,
} from '../../ledger/attachments.ts';
import { indexRun } from '../../verification/run-index.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { formReader } from '../form.ts';
import { localized } from '../localized.ts';
import { notFound } from '../problem.ts';
import { showAttachment } from '../reading/attachments.ts';
import { problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/reviews.ts';
import { receiveSmallFile } from '../small-file.ts';
import { attachment as disposition } from '../streams.ts';
import { finishedRun } from './runs.ts';
import { fileAlone, multipart } from './shared.ts';

const readFields = formReader(schemas.AttachmentFields);
const tags = ['reviews'];
const extensions = { 'image/jpeg': 'jpg', 'image/png': 'png', 'application/pdf': 'pdf' } as const;

export function attachmentRoutes(app: App, { database, config }: AppDeps): void {
  const { db } = database;
  const limits = config.limits.reviews;
  const found = async (id: string): Promise<Attachment> => {
    const attachment = /^[0-9a-f]{64}$/.test(id) ? await oneAttachment(db, id) : undefined;
    if (attachment === undefined) throw notFound({ zh: '附件', en: 'attachment' }, id);
    return attachment;
  };

  app.post(
    '/attachments',
    multipart(
      schemas.AttachmentFields,
      {
        tags,
        summary: '上传照片（JPEG、PNG）或 PDF，随后在决定中按 attachment_id 引用；七天未引用的删除',
        response: { 200: schemas.AttachmentOut, 201: schemas.AttachmentOut, ...problemResponse },
      },
      fileAlone,
    ),
    async (request, reply) => {
      await sweepAttachments(db);
      await refuseTooManyLoose(db, limits.looseAttachments);
      const { fields, file } = await receiveSmallFile(request, {
        dataDir: config.dataDir,
        limitBytes: limits.attachmentBytes,
      });
      try {
        const { run_id: runId, region_code, parcel_id } = readFields(fields);
        const run = runId === undefined ? undefined : await finishedRun(db, runId);
        const facts = await inspect({ path: file.path, pixels: limits.pixels });
        const { attachment, existing } = await storeAttachment(
          db,
          {
            ...facts,
            region_code: run?.region_code ?? region_code ?? config.regionCode,
            attachment_id: file.sha256,
            file_name: file.fileName,
            bytes: file.bytes,
          },
          file.path,
        );
        const { lon, lat } = attachment;
        let distance: number | null = null;
        if (run !== undefined && parcel_id !== undefined && lon !== null && lat !== null) {
          await indexRun(database, run);
          distance = await distanceTo(db, { ...run, parcel_id }, { lon, lat });
        }
        reply.code(existing ? 200 : 201);
        return localized(show(attachment, distance), languageOf(request));
      } finally {
        await rm(file.path, { force: true });
      }
    },
  );

  app.get(
    '/attachments/:attachment_id',
    {
      schema: {
        tags,
        summary: '附件：类型、大小、拍摄位置与时间',
        params: schemas.AttachmentPath,
        response: { 200: schemas.AttachmentOut, ...problemResponse },
      },
    },
    async (request) => show(await found(request.params.attachment_id), null),
  );

  app.get(
    '/attachments/:attachment_id/content',
    { schema: { tags, summary: '附件的内容', params: schemas.AttachmentPath, response: problemResponse } },
    async (request, reply) => {
      const file = await found(request.params.attachment_id);
      const etag = `"${file.attachment_id}"`;
      // the address is the digest of the bytes: they never change
      reply.headers({ etag, 'cache-control': 'private, max-age=31536000, immutable' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const ascii = `attachment_${file.attachment_id.slice(0, 8)}.${extensions[file.media_type]}`;
      const saved = disposition(file.file_name, ascii);
      reply.headers({
        'content-type': file.media_type,
        'content-length': file.bytes,
        // a photo is looked at in its place; what else there is, is saved
        'content-disposition': file.media_type === 'application/pdf' ? saved : saved.replace(/^attachment/, 'inline'),
        // whatever hides in it runs nothing
        'content-security-policy': "default-src 'none'; sandbox",
      });
      return reply.send(Readable.from(bytesOf(db, file), { objectMode: false }));
    },
  );

  const show = ({ region_code: _, ...attachment }: Attachment, distance_m: number | null) =>
    showAttachment({ ...attachment, distance_m }, limits.nearM);
}
