/** One tile as an answer: nothing (204), what the asker has (304), or its bytes. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** @param bytes null: nothing lies there */
export function answerTile(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Uint8Array | null,
  { type, cache }: { type: string; cache: string },
): FastifyReply {
  reply.header('cache-control', cache);
  if (bytes === null) return reply.code(204).send();
  const etag = `"${createHash('sha1').update(bytes).digest('base64url')}"`;
  reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

const year = 365 * 24 * 3600;

/** Of what never changes but with the program. @param lasting asked for under the program's own version */
export const lastingCache = (lasting: boolean): string =>
  lasting ? `private, max-age=${year}, immutable` : 'private, no-cache';
