/**
 * The tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) by its kept server: what it answers goes out in our shape, its
 * refusals as problems (CONTRACT §6).
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ERRORS, Metadata, Server } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError, type Sentence } from '../../errors.ts';
import { HttpError, invalidField } from '../problem.ts';
import { cleanName, emptyFile, tooLarge } from './stored-file.ts';
import { isUploadId, type Purpose, purposes, type UploadStore } from './upload-store.ts';

export const tusVersion = '1.0.0';
export const offsetType = 'application/offset+octet-stream';

/** what of its headers is the protocol's; those about other origins are not wanted */
const answered = ['location', 'tus-resumable', 'tus-version', 'tus-extension', 'tus-max-size', 'cache-control'];
const isAnswered = (name: string) => answered.includes(name) || name.startsWith('upload-');
const asked = ['content-type', 'content-length', 'host', 'tus-resumable'];
const isAsked = (name: string) => asked.includes(name) || name.startsWith('upload-');

/** ms for the rest of a body that nobody reads */
const drainMs = 1000;

export type Resumable = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** @param path of the collection, without a slash at its end */
export function resumableUploads(store: UploadStore, config: Config, path: string): Resumable {
  const limitFor = (purpose: string | null | undefined): number => {
    const { parcels, layers, registers } = config.limits;
    if (purpose === 'parcels') return parcels.archiveBytes;
    return purpose === 'registers' ? registers.entryBytes : layers.archiveBytes;
  };
  const thrown = new WeakMap<Request, unknown>();
  const tus = new Server({
    path,
    datastore: store,
    // beside the collection: a proxy may serve the API under a prefix of its own
    generateUrl: (_request, { id }) => `uploads/${id}`,
    // how long the line of a sender that is gone may still write what arrived, before the one who comes back is let in
    lockDrainTimeout: 1000,
    getFileIdFromRequest: (_request, last = '') => (isUploadId(last) ? last : undefined),
    maxSize: (request) => limitFor(purposeIn(request.headers.get('upload-metadata'))),
    async onUploadCreate(_request, { size, metadata }) {
      if (size === 0) throw emptyFile();
      if ((await store.count()) >= config.uploads.most) throw tooMany(config.uploads.most);
      const filename = cleanName(metadata?.['filename'] ?? '');
      const purpose = purposeOf(metadata?.['purpose']);
      return { metadata: { filename, ...(purpose === undefined ? {} : { purpose }) } };
    },
    onResponseError(request, error) {
      thrown.set(request, error);
      return undefined;
    },
  });

  return async (request, reply) => {
    // "the server MUST respond with 412 and its versions, and MUST NOT process the request"
    if (request.method !== 'OPTIONS' && request.headers['tus-resumable'] !== tusVersion) {
      reply.header('tus-version', tusVersion);
      throw new HttpError({ code: 'validation', status: 412, detail: otherVersion, where: { field: 'Tus-Resumable' } });
    }
    // clients that say JSON of every POST, and send none, are let be
    if (request.body !== undefined && request.body !== null)
      throw new HttpError({ code: 'format-unsupported', detail: otherType });
    reply.header('tus-resumable', tusVersion);
    const web = asWeb(request);
    const answer = await tus.handleWeb(web);
    if (web.body !== null && !(await drained(request.raw))) reply.header('connection', 'close');
    if (answer.status >= 400) {
      const limit = limitFor(purposeIn(web.headers.get('upload-metadata')));
      throw refusal(thrown.get(web), answer.status, await answer.text(), limit);
    }
    for (const [name, value] of answer.headers) if (isAnswered(name)) reply.header(name, value);
    return reply.code(answer.status).send();
  };
}

/**
 * Takes what is left of a body off the line, for a moment: one who is still sending, and is answered early (a wrong offset, another
 * line that comes after), would else hear nothing until the line is given up. false: there is more.
 */
async function drained(body: IncomingMessage): Promise<boolean> {
  if (body.readableEnded || body.destroyed) return true;
  body.removeAllListeners('data');
  const ended = new Promise<boolean>((resolve) => {
    body.once('end', () => resolve(true));
    body.once('close', () => resolve(true));
  });
  body.resume();
  return Promise.race([ended, pause(drainMs, false)]);
}

function asWeb(request: FastifyRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && isAsked(name)) headers.set(name, value);
  const withBody =
    (request.method === 'PATCH' || request.method === 'POST') && headers.get('content-type') === offsetType;
  return new Request(`http://upload${request.url}`, {
    method: request.method,
    headers,
    ...(withBody ? { body: Readable.toWeb(request.raw) as ReadableStream, duplex: 'half' } : {}),
  });
}

function purposeIn(metadata: string | null): string | null | undefined {
  if (metadata === null) return undefined;
  try {
    return Metadata.parse(metadata)['purpose'];
  } catch {
    return undefined;
  }
}

function purposeOf(text: string | null | undefined): Purpose | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const found = purposes.find((purpose) => purpose === text);
  if (found !== undefined) return found;
  throw invalidField('Upload-Metadata', {
    zh: `Upload-Metadata 中的 purpose 只能是：${purposes.join(', ')}。`,
    en: `The purpose in Upload-Metadata must be one of: ${purposes.join(', ')}.`,
  });
}

/** What the tus server refused, in our words; what it did not foresee stays what it is. */
function refusal(error: unknown, status: number, text: string, limitBytes: number): unknown {
  switch (error) {
    case ERRORS.FILE_NOT_FOUND:
      return new HttpError({ code: 'not-found', detail: noUpload });
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return new HttpError({ code: 'not-found', status: 410, detail: noUpload });
    case ERRORS.INVALID_OFFSET:
      return new HttpError({ code: 'conflict', detail: otherOffset, where: { field: 'Upload-Offset' } });
    case ERRORS.ERR_MAX_SIZE_EXCEEDED:
      return tooLarge(limitBytes, 'Upload-Length');
    case ERRORS.ERR_SIZE_EXCEEDED:
      return new HttpError({ code: 'too-large', detail: pastLength, where: { field: 'Upload-Length' } });
    case ERRORS.INVALID_LENGTH:
    case ERRORS.UNSUPPORTED_CREATION_DEFER_LENGTH_EXTENSION:
      return new HttpError({ code: 'validation', detail: lengthFirst, where: { field: 'Upload-Length' } });
    case ERRORS.ERR_LOCK_TIMEOUT:
      return new HttpError({ code: 'busy', detail: inUse });
    case ERRORS.ABORTED:
      // a client takes a conflict for a reason to ask how far it is, and to go on
      return new HttpError({ code: 'conflict', detail: inUse });
  }
  if (error instanceof Error && (error as { status_code?: unknown }).status_code === 413)
    return new HttpError({ code: 'too-large', detail: pastLength, where: { field: 'Upload-Length' } });
  if (error instanceof Error) return error;
  if (status >= 500 && status !== 501) return new Error(`tus server: ${text.trim()}`);
  const field = /upload-[a-z]+|content-type/i.exec(text)?.[0];
  return new HttpError({
    code: 'validation',
    detail: badHeader(field),
    ...(field === undefined ? {} : { where: { field } }),
  });
}

const tooMany = (most: number) =>
  new AppError('quota-exceeded', {
    zh: `服务器上未过期的上传已达 ${most} 个，请稍后再试，或先完成、删除已有的上传。`,
    en: `${most} uploads are kept here already; try later, or finish or delete some.`,
  });
const otherVersion: Sentence = {
  zh: `请求头 Tus-Resumable 应为 ${tusVersion}。`,
  en: `The header Tus-Resumable must be ${tusVersion}.`,
};
const otherType: Sentence = {
  zh: `上传内容的 Content-Type 应为 ${offsetType}。`,
  en: `What is uploaded must come as Content-Type ${offsetType}.`,
};
const noUpload: Sentence = {
  zh: '没有这个上传，或已过期被清除。请重新上传文件。',
  en: 'There is no such upload, or it has expired and is gone. Upload the file again.',
};
const otherOffset: Sentence = {
  zh: 'Upload-Offset 与已收到的字节数不符。请先用 HEAD 查询，再从该处续传。',
  en: 'Upload-Offset is not the number of bytes received. Ask for it by HEAD and go on from there.',
};
const pastLength: Sentence = {
  zh: '内容超出了 Upload-Length 申明的长度，多余的部分没有保存。',
  en: 'There are more bytes than Upload-Length said; the surplus was not kept.',
};
const lengthFirst: Sentence = {
  zh: '缺少 Upload-Length：建立上传时请写明文件的字节数（不支持以后再定）。',
  en: 'Upload-Length is missing: say the bytes of the file when the upload is created (it cannot be deferred).',
};
const inUse: Sentence = {
  zh: '该上传正被另一个连接写入，请几秒后重试。',
  en: 'Another connection is writing to this upload; try again in a few seconds.',
};
const badHeader = (field: string | undefined): Sentence => ({
  zh: `请求头${field === undefined ? '' : ` ${field} `}不符合 tus 协议，请检查后重试。`,
  en: `${field === undefined ? 'A header' : `The header ${field}`} is not as the tus protocol wants it.`,
});
