/** Decisions as the API tells them. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { ReviewLimits } from '../../domain/limits.ts';
import { type StaleMarks, staleness } from '../../ledger/flag-states.ts';
import { firstOnly, type PageOf, type PageRequest, type Placed, pageParams, toPage } from '../page.ts';
import type { Review } from '../schemas/reviews.ts';
import { isUuid } from '../uuid.ts';
import { type AttachmentRow, showAttachment } from './attachments.ts';

interface RecordRow {
  region_code: string;
  review_id: string;
  event_no: number;
  project_code: string;
  parcel_id: string;
  check_id: string;
  geometry_hash: string;
  decision: Review['decision'];
  measure: Review['measure'];
  measure_chosen: boolean;
  reason: string;
  person_id: string;
  person_name: string;
  decided_at: Date;
  supersedes: string | null;
  superseded_by: string | null;
  batch_id: string | null;
  run_id: string;
  result_id: string;
  outcome: string;
  figure_m2: number | null;
  evidence: Review['based_on']['layers'];
  attachments: AttachmentRow[];
}

interface ListRow extends RecordRow, Placed {
  stale_geometry: boolean | null;
  stale_layer: boolean | null;
  stale_figure: boolean | null;
}

const listReviews = sqlFile<ListRow>('queries/list-reviews');
const countReviews = sqlFile<{ matched: number }>('queries/count-reviews');
const listEvents = sqlFile<RecordRow>('queries/list-events');
const lastEvent = sqlFile<{ last_event_no: number }>('queries/last-event');

export interface ReviewFilter {
  region_code?: string | undefined;
  parcel_id?: string | undefined;
  project_code?: string | undefined;
  check?: string | undefined;
  state?: string | undefined;
  person?: string | undefined;
  batch_id?: string | undefined;
  /** its flags' decisions; an indexed run */
  run?: { region_code: string; run_id: string } | undefined;
  current?: boolean | undefined;
}

export async function pageOfReviews(
  db: Kysely<Schema>,
  asked: ReviewFilter,
  page: PageRequest,
  limits: ReviewLimits,
): Promise<PageOf<Review>> {
  const filter = {
    region_code: asked.region_code ?? null,
    parcel_id: asked.parcel_id ?? null,
    project_code: asked.project_code ?? null,
    check_id: asked.check ?? null,
    state: asked.state ?? null,
    person_id: asked.person ?? null,
    batch_id: asked.batch_id ?? null,
    run_id: asked.run?.run_id ?? null,
    run_region: asked.run?.region_code ?? null,
    current: asked.current ?? false,
  };
  const question = ['reviews', filter];
  const rows = await listReviews.all(db, { ...filter, review_id: null, ...pageParams(question, page) });
  const { matched } = await countReviews.one(db, filter);
  return toPage(
    question,
    page,
    rows,
    matched,
    (row) => row.review_id,
    (row) => ({
      ...showReview(row, limits),
      ...(asked.run === undefined ? {} : staleness(row as unknown as StaleMarks)),
    }),
  );
}

const noFilter = {
  region_code: null,
  parcel_id: null,
  project_code: null,
  check_id: null,
  state: null,
  person_id: null,
  batch_id: null,
  run_id: null,
  run_region: null,
  current: false,
};

export async function oneReview(db: Kysely<Schema>, id: string, limits: ReviewLimits): Promise<Review | undefined> {
  if (!isUuid(id)) return undefined;
  const [row] = await listReviews.all(db, { ...noFilter, review_id: id, ...firstOnly });
  return row && showReview(row, limits);
}

/** Every decision ever made on a parcel, whatever its shape then, newest first; the newest thousand of them. */
export async function historyOf(
  db: Kysely<Schema>,
  regionCode: string,
  { parcel_id, project_code }: { parcel_id: string; project_code: string | null },
  limits: ReviewLimits,
): Promise<Review[]> {
  const rows = await listReviews.all(db, {
    ...noFilter,
    region_code: regionCode,
    parcel_id,
    project_code: project_code ?? '',
    review_id: null,
    ...firstOnly,
    limit: 1000,
  });
  return rows.map((row) => showReview(row, limits)).sort((a, b) => b.event_no - a.event_no);
}

/** In the order they happened. */
export async function eventsAfter(
  db: Kysely<Schema>,
  regionCode: string,
  after: number,
  limit: number,
  limits: ReviewLimits,
): Promise<{ items: Review[]; last: number }> {
  const rows = await listEvents.all(db, { region_code: regionCode, after, limit });
  return { items: rows.map((row) => showReview(row, limits)), last: await lastEventNo(db, regionCode) };
}

/** What people decided in a county has changed where this has; 0: nothing was ever decided. */
export async function lastEventNo(db: Kysely<Schema>, regionCode: string): Promise<number> {
  return (await lastEvent.one(db, { region_code: regionCode })).last_event_no;
}

function showReview(row: RecordRow, { nearM }: ReviewLimits): Review {
  return {
    review_id: row.review_id,
    region_code: row.region_code,
    event_no: row.event_no,
    parcel_id: row.parcel_id,
    project_code: row.project_code || null,
    check: row.check_id as Review['check'],
    geometry_hash: row.geometry_hash,
    decision: row.decision,
    measure: row.measure,
    measure_chosen: row.measure_chosen,
    reason: row.reason,
    person: { person_id: row.person_id, name: row.person_name },
    decided_at: row.decided_at.toISOString(),
    supersedes: row.supersedes,
    superseded_by: row.superseded_by,
    batch_id: row.batch_id,
    based_on: {
      run_id: row.run_id,
      result_id: row.result_id,
      outcome: row.outcome,
      figure_m2: row.figure_m2,
      layers: row.evidence,
    },
    attachments: row.attachments.map((file) => showAttachment(file, nearM)),
  };
}
