/**
 * Idempotency keys (THREATS T24): the first request with a key is answered and its answer kept; the same key with the same
 * request gives that answer again, with another request `conflict`. A request that failed keeps nothing.
 */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { AppError } from '../errors.ts';

type IdempotencySchema = {
  idempotency_key: {
    call: string;
    key: string;
    request_sha256: string;
    status: number | null;
    body: unknown;
    created_at: Date;
  };
};

export interface Answer {
  status: number;
  body: unknown;
}

/** call: method and route; requestSha256: of everything that was asked for. `replayed` when the kept answer was given. */
export async function answerOnce(
  db: Kysely<Schema>,
  { call, key, requestSha256 }: { call: string; key: string; requestSha256: string },
  work: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const table = db.withTables<IdempotencySchema>();
  const mine = await table
    .insertInto('idempotency_key')
    .values({ call, key, request_sha256: requestSha256, status: null, body: null, created_at: sql<Date>`now()` })
    .onConflict((on) =>
      // a key whose server died over the answer is free again after a minute
      on
        .columns(['call', 'key'])
        .doUpdateSet({ created_at: sql<Date>`now()`, request_sha256: requestSha256 })
        .where('idempotency_key.status', 'is', null)
        .where('idempotency_key.created_at', '<', sql<Date>`now() - interval '60 seconds'`),
    )
    .returning('key')
    .executeTakeFirst();
  if (mine === undefined) {
    const kept = await table
      .selectFrom('idempotency_key')
      .selectAll()
      .where('call', '=', call)
      .where('key', '=', key)
      .executeTakeFirst();
    if (kept === undefined || kept.status === null) throw stillBusy();
    if (kept.request_sha256 !== requestSha256) throw otherRequest();
    return { status: kept.status, body: kept.body, replayed: true };
  }
  try {
    const answer = await work();
    await table
      .updateTable('idempotency_key')
      .set({ status: answer.status, body: JSON.stringify(answer.body) })
      .where('call', '=', call)
      .where('key', '=', key)
      .execute();
    return { ...answer, replayed: false };
  } catch (error) {
    await table.deleteFrom('idempotency_key').where('call', '=', call).where('key', '=', key).execute();
    throw error;
  }
}

/** Keys older than a week are forgotten: nobody repeats a double click after that. */
export async function forgetOldKeys(db: Kysely<Schema>): Promise<void> {
  await db
    .withTables<IdempotencySchema>()
    .deleteFrom('idempotency_key')
    .where('created_at', '<', sql<Date>`now() - interval '7 days'`)
    .execute();
}

const stillBusy = () =>
  new AppError('conflict', {
    zh: '同一 Idempotency-Key 的请求正在处理，请稍后重试。',
    en: 'A request with this Idempotency-Key is being answered; try again shortly.',
  });
const otherRequest = () =>
  new AppError(
    'conflict',
    {
      zh: '该 Idempotency-Key 已用于另一个内容不同的请求，请换一个。',
      en: 'This Idempotency-Key was used for another request; use a new one.',
    },
    { field: 'Idempotency-Key' },
  );
