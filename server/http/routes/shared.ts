/** What several routes do alike. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifySchema } from 'fastify';
import { type TObject, type TSchema, Type } from 'typebox';
import { begun } from '../streams.ts';
import { validatorCompiler } from '../validator.ts';

/**
 * Options of a multipart route. The form is described for readers of the API; it is checked while it streams in, not by
 * Fastify, which only sees a body that was read whole.
 */
export function multipart(
  fields: TObject,
  schema: FastifySchema & Record<string, unknown>,
  file: Record<string, TSchema> = fileOrUpload,
) {
  const body = Type.Object({ ...file, ...fields.properties }, { additionalProperties: false });
  return {
    schema: { ...schema, consumes: ['multipart/form-data'], body },
    validatorCompiler: ((part) =>
      part.httpPart === 'body' ? () => true : validatorCompiler(part as never)) as typeof validatorCompiler,
  };
}

const fileOrUpload = {
  file: Type.Optional(Type.String({ format: 'binary', description: '文件；或改用 upload_id' })),
  upload_id: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{32}$', description: '已传完的断点续传（/uploads），代替 file' }),
  ),
};
/** of forms whose file is small */
export const fileAlone = { file: Type.String({ format: 'binary' }) };

/** Answers with pieces as they come; what goes wrong before the first of them is still a problem. */
export async function answerStream(
  reply: FastifyReply,
  contentType: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<FastifyReply> {
  const started = await begun(pieces);
  return reply.type(contentType).send(Readable.from(started, { objectMode: false }));
}
