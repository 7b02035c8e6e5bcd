/** Answers a POST, once per Idempotency-Key where the request carries one. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Answer, answerOnce } from '../jobs/idempotency.ts';
import { invalidField } from './problem.ts';

/** `said`: everything of the request that matters, files by their hash. */
export async function idempotent(
  db: Kysely<Schema>,
  request: FastifyRequest,
  reply: FastifyReply,
  said: unknown,
  work: () => Promise<Answer>,
): Promise<unknown> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) {
    const answer = await work();
    reply.code(answer.status);
    return answer.body;
  }
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw invalidField('Idempotency-Key', {
      zh: '请求头 Idempotency-Key 应为 1–200 个可见 ASCII 字符。',
      en: 'Idempotency-Key must be 1–200 visible ASCII characters.',
    });
  }
  const requestSha256 = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  const answer = await answerOnce(
    db,
    { call: `${request.method} ${request.routeOptions.url}`, key, requestSha256 },
    work,
  );
  if (answer.replayed) reply.header('idempotency-replayed', 'true');
  reply.code(answer.status);
  return answer.body;
}
