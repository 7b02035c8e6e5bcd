/**
 * Photos and documents that hang on decisions. They come first and are referred to by the decision, so that "confirmed, with a photo" is one
 * step that happens or does not. Kept in the database, by the sha256 of their bytes: servers share nothing else.
 */
import { open } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import { ChildFailure, runWatchedChild } from '../terrain/watched-child.ts';
import type { FileFacts, InspectJob } from './inspect-file.ts';

export interface Attachment extends FileFacts {
  region_code: string;
  attachment_id: string;
  file_name: string;
  bytes: number;
}

/** bytes of one part: the embedded database must not be held for longer than half a second */
const partBytes = 1024 * 1024;
const watch = { stallSeconds: 10, memoryBytes: 512 * 1024 * 1024 };

const distance = sqlFile<{ distance_m: number | null }>('queries/distance-to-parcel');
const loose = sqlFile<{ loose: number }>('queries/loose-attachments');
const sweep = sqlFile<{ attachment_id: string }>('queries/sweep-attachments');

/** @throws AppError `format-unsupported`, `too-large` as inspect-file.ts */
export async function inspect(job: InspectJob): Promise<FileFacts> {
  try {
    return await runWatchedChild<InspectJob, FileFacts>(
      new URL('./inspect-file.child.ts', import.meta.url),
      job,
      watch,
    );
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    throw new AppError(
      'format-unsupported',
      {
        zh: '附件无法读取，可能已损坏，请重新导出后上传。',
        en: 'The file cannot be read; it may be damaged. Export it again.',
      },
      { field: 'file' },
      { cause: error },
    );
  }
}

/** What waits is bounded, so that nobody fills the database by sending alone. AppError `quota-exceeded`. */
export async function refuseTooManyLoose(db: Kysely<Schema>, most: number): Promise<void> {
  if ((await loose.one(db)).loose < most) return;
  throw new AppError('quota-exceeded', {
    zh: `已有 ${most} 个附件还没有被任何决定引用，请先用在决定中，或等七天后自动清除。`,
    en: `${most} attachments wait to be referred to by a decision; use them first, or wait a week until they go.`,
  });
}

/** The same bytes are one attachment, under the name that came first. Half of one is none: it is seen when all its parts are here. */
export async function storeAttachment(
  db: Kysely<Schema>,
  attachment: Attachment,
  path: string,
): Promise<{ attachment: Attachment; existing: boolean }> {
  const { region_code, attachment_id } = attachment;
  const kept = await touched(db, region_code, attachment_id);
  if (kept !== undefined) return { attachment: kept, existing: true };
  await db
    .insertInto('attachment')
    .values(attachment)
    .onConflict((on) => on.columns(['region_code', 'attachment_id']).doUpdateSet({ created_at: new Date() }))
    .execute();
  const file = await open(path, 'r');
  try {
    for (let at = 0, part_no = 1; at < attachment.bytes; at += partBytes, part_no++) {
      const data = Buffer.alloc(Math.min(partBytes, attachment.bytes - at));
      const { bytesRead } = await file.read(data, 0, data.length, at);
      if (bytesRead !== data.length) throw new Error(`${path} ended at ${at + bytesRead} of ${attachment.bytes}`);
      await db
        .insertInto('attachment_part')
        .values({ region_code, attachment_id, part_no, data })
        .onConflict((on) => on.doNothing())
        .execute();
    }
  } finally {
    await file.close();
  }
  await db
    .updateTable('attachment')
    .set({ ready_at: new Date() })
    .where('region_code', '=', region_code)
    .where('attachment_id', '=', attachment_id)
    .execute();
  return { attachment, existing: false };
}

/** Whoever sends or refers to it keeps it from being swept. */
async function touched(db: Kysely<Schema>, regionCode: string, id: string): Promise<Attachment | undefined> {
  return db
    .updateTable('attachment')
    .set({ created_at: new Date() })
    .where('region_code', '=', regionCode)
    .where('attachment_id', '=', id)
    .where('ready_at', 'is not', null)
    .returning([...columns])
    .executeTakeFirst() as Promise<Attachment | undefined>;
}

const columns = [
  'region_code',
  'attachment_id',
  'file_name',
  'media_type',
  'bytes',
  'width',
  'height',
  'lon',
  'lat',
  'taken_at',
  'camera',
] as const;

/** Of any county: the same id is the same bytes. */
export function oneAttachment(db: Kysely<Schema>, id: string): Promise<Attachment | undefined> {
  return db
    .selectFrom('attachment')
    .select([...columns])
    .where('attachment_id', '=', id)
    .where('ready_at', 'is not', null)
    .orderBy('region_code')
    .limit(1)
    .executeTakeFirst() as Promise<Attachment | undefined>;
}

/** Its bytes, part by part. */
export async function* bytesOf(
  db: Kysely<Schema>,
  { region_code, attachment_id, bytes }: Attachment,
): AsyncGenerator<Buffer> {
  for (let part = 1; part <= Math.ceil(bytes / partBytes); part++) {
    const row = await db
      .selectFrom('attachment_part')
      .select('data')
      .where('region_code', '=', region_code)
      .where('attachment_id', '=', attachment_id)
      .where('part_no', '=', part)
      .executeTakeFirstOrThrow();
    yield row.data;
  }
}

/** m from a point to a parcel of an indexed run; null where the run has no such parcel, or it has no shape. */
export async function distanceTo(
  db: Kysely<Schema>,
  parcel: { region_code: string; run_id: string; parcel_id: string },
  { lon, lat }: { lon: number; lat: number },
): Promise<number | null> {
  const { region_code, run_id, parcel_id } = parcel;
  const [row] = await distance.all(db, { region_code, run_id, parcel_id, lon, lat });
  return row?.distance_m ?? null;
}

/** What nothing refers to a week after it was sent goes. Gives how many. */
export async function sweepAttachments(db: Kysely<Schema>): Promise<number> {
  return (await sweep.all(db)).length;
}
