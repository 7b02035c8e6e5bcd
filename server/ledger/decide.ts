/**
 * Decisions are recorded here and nowhere else: all of a request or none, in the county's own order, each beside what it was decided on.
 * Nothing is overwritten: a decision that stands is superseded only by one that names it, and undoing (`withdrawn`) is a decision too.
 */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Measure, Outcome } from '../domain/outcome.ts';
import type { Decision } from '../domain/review.ts';
import type { PlacedFault } from '../errors.ts';
import { type Item, refuse, shortly } from './item-faults.ts';

interface FlagRow {
  place: number;
  run_id: string | null;
  result_id: string | null;
  outcome: Outcome | null;
  measure: Measure | null;
  figure_m2: number | null;
  problem_codes: string;
  evidence: unknown[];
  head_id: string | null;
  head_decision: Decision | null;
  other_id: string | null;
}

interface Standing {
  review_id: string;
  decision: Decision;
  measure: Measure | null;
  reason: string;
  person_id: string;
  person_name: string;
  decided_at: Date;
}

const claimEvents = sqlFile<{ last_event_no: number }>('queries/claim-events');
const flagsOfItems = sqlFile<FlagRow>('queries/flags-of-items');
const insertReviews = sqlFile('queries/insert-reviews');
const markFlags = sqlFile('queries/mark-flags');
const linkAttachments = sqlFile('queries/link-attachments');
const standingReviews = sqlFile<Standing>('queries/standing-reviews');

export interface Deciding {
  region_code: string;
  /** the run that was looked at; else the newest that judged the parcel in this shape */
  run_id: string | null;
  person: { person_id: string; name: string };
  items: readonly Item[];
  batch_id: string | null;
}

export interface Decided {
  /** numbers of its events, both included */
  first: number;
  last: number;
}

/** Until the transaction ends nobody else decides in this county, and everything decided before is seen. */
export async function takeTurn(trx: Transaction<Schema>, regionCode: string): Promise<void> {
  await claimEvents.one(trx, { region_code: regionCode, events: 0 });
}

/**
 * To be called in a transaction that took its turn.
 * @param items checked by `faultsOf`
 * @throws AppError with every fault and its place: `not-found` no such parcel in this shape, or attachment; `validation` no flag there,
 *   or nothing to withdraw; `conflict` another decision stands, which is told
 */
export async function decide(trx: Transaction<Schema>, { items, ...asked }: Deciding): Promise<Decided> {
  const { region_code, run_id, person, batch_id } = asked;
  const flags = await flagsOfItems.all(trx, {
    region_code,
    run_id,
    items: JSON.stringify(
      items.map(({ parcel_id, project_code, check, geometry_hash }) => ({
        parcel_id,
        project_code: project_code ?? '',
        check,
        geometry_hash,
      })),
    ),
  });
  const faults = items.flatMap((item, i) => faultOf(item, flags[i] as FlagRow, i));
  refuse([...(await tellStanding(trx, region_code, faults)), ...(await missingFiles(trx, region_code, items))]);
  const { last_event_no: last } = await claimEvents.one(trx, { region_code, events: items.length });
  const first = last - items.length + 1;
  const rows = items.map((item, i) => rowOf(item, flags[i] as FlagRow, first + i));
  await insertReviews.run(trx, {
    region_code,
    person_id: person.person_id,
    person_name: person.name,
    batch_id,
    rows: JSON.stringify(rows),
  });
  await markFlags.run(trx, { region_code, first, last });
  const links = items.flatMap(({ attachments = [], geometry_hash, parcel_id }, i) =>
    attachments.map((attachment_id, place) => ({
      review_id: rows[i]!.review_id,
      place: place + 1,
      attachment_id,
      geometry_hash,
      parcel_id,
    })),
  );
  if (links.length > 0) await linkAttachments.run(trx, { region_code, rows: JSON.stringify(links) });
  return { first, last };
}

function rowOf(item: Item, flag: FlagRow, eventNo: number) {
  const confirmed = item.decision === 'confirmed';
  return {
    review_id: randomUUID(),
    event_no: eventNo,
    project_code: item.project_code ?? '',
    parcel_id: item.parcel_id,
    check_id: item.check,
    geometry_hash: item.geometry_hash,
    decision: item.decision,
    measure: confirmed ? (item.measure ?? flag.measure) : null,
    measure_chosen: confirmed && item.measure !== undefined,
    reason: item.reason.trim(),
    supersedes: flag.head_id,
    run_id: flag.run_id,
    result_id: flag.result_id,
    outcome: flag.outcome,
    figure_m2: flag.figure_m2,
    problem_codes: flag.problem_codes,
    evidence: flag.evidence,
  };
}

type Found = PlacedFault & { standing?: string };

function faultOf(item: Item, flag: FlagRow, i: number): Found[] {
  const say = (field: string, code: PlacedFault['code'], zh: string, en: string, standing?: string): Found[] => [
    { field: `items[${i}].${field}`, code, detail: { zh, en }, ...(standing === undefined ? {} : { standing }) },
  ];
  const { check } = item;
  const parcel_id = shortly(item.parcel_id);
  if (flag.outcome === null)
    return say(
      'parcel_id',
      'not-found',
      `没有核查过这样的地块：${parcel_id}（项目与图形须与所见核查结果一致）。`,
      `No finished run has judged a parcel ${parcel_id} of this project in this shape.`,
    );
  const stands = flag.head_decision !== null && flag.head_decision !== 'withdrawn';
  // what a reader saw: the decision on this shape, or the one on an earlier shape that shows as stale
  const seen = flag.head_id ?? flag.other_id;
  const expects = item.expects ?? null;
  if (stands ? expects !== flag.head_id : expects !== null && expects !== seen)
    return say(
      'expects',
      'conflict',
      `地块 ${parcel_id} 的 ${check} 另有决定，请看过后再定。`,
      `There is another decision on ${check} of ${parcel_id}; look at it first.`,
      flag.head_id ?? flag.other_id ?? undefined,
    );
  if (item.decision === 'withdrawn')
    return stands || (flag.head_id === null && flag.other_id !== null)
      ? []
      : say(
          'decision',
          'validation',
          `地块 ${parcel_id} 的 ${check} 没有可撤销的决定。`,
          `There is no decision on ${check} of ${parcel_id} to withdraw.`,
        );
  if (flag.outcome !== 'fail')
    return say(
      'check',
      'validation',
      `地块 ${parcel_id} 的 ${check} 结论为 ${flag.outcome}，不是疑似问题，无须决定。`,
      `${check} of ${parcel_id} is ${flag.outcome}: there is no flag to decide.`,
    );
  return [];
}

/** Conflicts with who decided what, and when. */
async function tellStanding(trx: Transaction<Schema>, region_code: string, faults: Found[]): Promise<PlacedFault[]> {
  const ids = faults.flatMap(({ standing }) => (standing === undefined ? [] : [standing])).slice(0, 200);
  if (ids.length === 0) return faults;
  const found = new Map(
    (await standingReviews.all(trx, { region_code, review_ids: ids })).map((row) => [row.review_id, row]),
  );
  return faults.map(({ standing, ...fault }) => {
    const row = standing === undefined ? undefined : found.get(standing);
    if (row === undefined) return fault;
    const { person_id, person_name: name, decided_at, ...current } = row;
    const at = decided_at.toISOString();
    return {
      ...fault,
      detail: {
        zh: `${fault.detail.zh}${name} 于 ${at} 定为 ${row.decision}。`,
        en: `${fault.detail.en} ${name} decided ${row.decision} at ${at}.`,
      },
      current: { ...current, person: { person_id, name }, decided_at: at },
    };
  });
}

async function missingFiles(
  trx: Transaction<Schema>,
  regionCode: string,
  items: readonly Item[],
): Promise<PlacedFault[]> {
  const ids = [...new Set(items.flatMap(({ attachments = [] }) => attachments))];
  if (ids.length === 0) return [];
  // touched, so that none is swept before the decision that refers to it is there
  const rows = await trx
    .updateTable('attachment')
    .set({ created_at: new Date() })
    .where('region_code', '=', regionCode)
    .where('attachment_id', 'in', ids)
    .where('ready_at', 'is not', null)
    .returning('attachment_id')
    .execute();
  const here = new Set(rows.map((row) => row.attachment_id));
  return items.flatMap(({ attachments = [] }, i) =>
    attachments.flatMap((id, k) =>
      here.has(id)
        ? []
        : [
            {
              field: `items[${i}].attachments[${k}]`,
              code: 'not-found' as const,
              detail: {
                zh: '县内没有这个附件，请先上传（POST /attachments），再在决定中引用。',
                en: 'There is no such attachment in this county; upload it first (POST /attachments), then refer to it.',
              },
            },
          ],
    ),
  );
}
