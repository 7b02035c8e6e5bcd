/**
 * One decision on every flag of a filtered selection. It is previewed first: the preview's token stands for exactly these flags and the
 * decisions seen on them, and where anything of it has changed, nothing is decided.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { type CheckId, checkIds, type Measure } from '../domain/outcome.ts';
import type { BatchPreview, Decision, ReviewState } from '../domain/review.ts';
import { AppError } from '../errors.ts';
import { decide, takeTurn } from './decide.ts';

interface TargetRow {
  ordinal: number;
  parcel_id: string;
  project_code: string;
  project_name: string | null;
  geometry_hash: string;
  check_id: CheckId;
  failing: boolean;
  review_id: string | null;
  decision: Decision | null;
  batch_id: string | null;
  stale: boolean;
}

const targetRows = sqlFile<TargetRow>('queries/batch-targets');

export interface Batch {
  region_code: string;
  run_id: string;
  decision: Decision;
  measure?: Measure | undefined;
  reason: string;
  /** flags on which a decision stands: left as they are, or decided anew */
  decided: 'skip' | 'replace';
  /** to withdraw: only what this batch decided and still stands */
  of_batch?: string | undefined;
  /** of the selection: only flags of this check, and in this state */
  check?: CheckId | undefined;
  state?: ReviewState | undefined;
  /** flags of one batch */
  most: number;
  /** ordinals of the selected parcels, as they are now */
  select(db: Kysely<Schema>): Promise<number[]>;
}

export async function previewBatch(db: Kysely<Schema>, batch: Batch): Promise<BatchPreview> {
  return (await targetsOf(db, batch)).preview;
}

/** @throws AppError `conflict` where the selection is no longer the one that was previewed; as `decide` */
export function decideBatch(
  db: Kysely<Schema>,
  batch: Batch & { token: string; person: { person_id: string; name: string } },
): Promise<{ batch_id: string; preview: BatchPreview }> {
  return db.transaction().execute(async (trx) => {
    await takeTurn(trx, batch.region_code);
    const { targets, preview } = await targetsOf(trx, batch);
    if (preview.token !== batch.token) throw otherSelection();
    const batchId = randomUUID();
    if (targets.length > 0)
      await decide(trx, {
        region_code: batch.region_code,
        run_id: batch.run_id,
        person: batch.person,
        batch_id: batchId,
        items: targets.map((target) => ({
          parcel_id: target.parcel_id,
          project_code: target.project_code || null,
          check: target.check_id,
          geometry_hash: target.geometry_hash,
          decision: batch.decision,
          measure: batch.measure,
          reason: batch.reason,
          expects: stands(target) ? target.review_id : null,
        })),
      });
    return { batch_id: batchId, preview };
  });
}

async function targetsOf(db: Kysely<Schema> | Transaction<Schema>, batch: Batch) {
  const { region_code, run_id, check, state } = batch;
  const ordinals = await batch.select(db);
  const rows =
    ordinals.length === 0
      ? []
      : await targetRows.all(db, {
          region_code,
          run_id,
          check_ids: [...checkIds],
          ordinals: [...ordinals].sort((a, b) => a - b),
        });
  const withdrawing = batch.decision === 'withdrawn';
  // two sets of a run may file the same parcel in the same shape: one flag
  const seen = new Set<string>();
  const selected = rows.filter(
    (row) =>
      (check === undefined || row.check_id === check) &&
      (state === undefined || isIn(row, state)) &&
      (batch.of_batch === undefined || row.batch_id === batch.of_batch) &&
      (withdrawing ? stands(row) : row.failing) &&
      isFirst(seen, JSON.stringify([row.project_code, row.parcel_id, row.check_id, row.geometry_hash])),
  );
  const decided = selected.filter(stands);
  const targets = withdrawing || batch.decided === 'replace' ? selected : selected.filter((row) => !stands(row));
  if (targets.length > batch.most) throw tooMany(targets.length, batch.most);
  const superseded = targets.filter(stands).length;
  return {
    targets,
    preview: {
      token: tokenOf(batch, targets),
      parcel_count: new Set(targets.map((row) => row.ordinal)).size,
      flag_count: targets.length,
      by_check: Object.fromEntries(
        checkIds.flatMap((id) => {
          const n = targets.filter((row) => row.check_id === id).length;
          return n === 0 ? [] : [[id, n]];
        }),
      ),
      by_project: byProject(targets),
      decided: { total: decided.length, superseded, left: decided.length - superseded },
    } satisfies BatchPreview,
  };
}

function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

const stands = ({ decision }: TargetRow) => decision === 'confirmed' || decision === 'rejected';

function isIn(row: TargetRow, state: ReviewState): boolean {
  if (state === 'stale') return row.stale;
  return state === 'suspected' ? row.failing && !stands(row) : row.decision === state;
}

function byProject(targets: TargetRow[]): BatchPreview['by_project'] {
  const groups = new Map<string, { project_code: string | null; project_name: string | null; flag_count: number }>();
  for (const { project_code, project_name } of targets) {
    const group = groups.get(project_code) ?? { project_code: project_code || null, project_name, flag_count: 0 };
    group.flag_count++;
    groups.set(project_code, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function tokenOf(batch: Batch, targets: TargetRow[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([batch.run_id, batch.decision, batch.measure ?? null, batch.reason.trim()]));
  for (const { ordinal, check_id, review_id } of targets) hash.update(JSON.stringify([ordinal, check_id, review_id]));
  return hash.digest('hex');
}

const otherSelection = () =>
  new AppError(
    'conflict',
    {
      zh: '所选的疑似问题或其决定在预览之后有变，未作任何决定。请重新预览（dry_run=true），核对后再提交。',
      en: 'The selection or the decisions on it have changed since the preview; nothing was decided. Preview again (dry_run=true) and look.',
    },
    { field: 'token' },
  );
const tooMany = (count: number, most: number) =>
  new AppError('too-large', {
    zh: `所选有 ${count} 个疑似问题，一次最多决定 ${most} 个，请缩小筛选范围。`,
    en: `The selection has ${count} flags; at most ${most} are decided at once. Narrow the filters.`,
  });
