/** Writes what was concluded of a chunk: results, findings, pieces with their shapes, and the parcels' references to them. */
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { checks } from '../checks/index.ts';
import { packedBytes } from '../database/packed-bytes.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { inShort } from '../domain/outcome.ts';
import type { Finding } from './conclude.ts';
import type { Judged } from './judge.ts';
import type { Chunk, RunFacts } from './run-context.ts';

const insertResults = sqlFile<{ result_id: string }>('queries/insert-results');
const insertFindings = sqlFile('queries/insert-findings');
const insertPieces = sqlFile('queries/insert-pieces');
const countComplete = sqlFile<{ complete: number }>('queries/count-complete');
const closeChunk = sqlFile('queries/close-chunk');

/**
 * The id of a result: one parcel under one set of evidence (layers, parameters, checks, engines, sets taking part; hashed by the run into
 * `evidence`). The same evidence gives the same id, so that a chunk done twice writes one row. It ends in the parcel's place in its set, so
 * that rows written together lie together: under ids spread all over the index 1.2 million findings took a third longer.
 */
export function resultId(evidence: string, parcelSetId: string, parcelOrdinal: number): string {
  const name = `${evidence}/${parcelSetId}`;
  if (name !== hashed.name) hashed = { name, hash: createHash('md5').update(name).digest('hex') };
  const { hash } = hashed;
  const place = parcelOrdinal.toString(16).padStart(8, '0');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 24)}${place}`;
}

/** of the set last asked for: a chunk is of one or two */
let hashed = { name: '', hash: '' };

/** One transaction's work; throws where a parcel has not a finding of every check, which is a fault of the program and no pass. */
export async function storeChunk(
  tx: Transaction<Schema>,
  facts: RunFacts,
  chunk: Chunk,
  judged: Judged[],
): Promise<void> {
  const { region_code, run_id, first, last } = chunk;
  if (judged.length === 0) return;
  // a parcel that could not be judged is tried anew by the next run: its result is this run's alone
  const ids = judged.map(({ plot, failed }) =>
    resultId(
      failed === undefined ? facts.evidence : `${facts.evidence}/${run_id}`,
      plot.parcel_set_id,
      plot.parcel_ordinal,
    ),
  );
  const inserted = await storeResults(tx, region_code, judged, ids);
  const fresh = judged
    .map((one, n) => ({ ...one, result_id: ids[n]! }))
    .filter(({ result_id }) => inserted.has(result_id));
  if (fresh.length > 0) {
    await storeFindings(tx, chunk, fresh);
    await storePieces(tx, region_code, fresh);
  }
  const closed = await closeChunk.run(tx, {
    region_code,
    run_id,
    first,
    last,
    ordinal: judged.map(({ plot }) => plot.ordinal),
    result_id: ids,
    township_layers: facts.layers.filter(({ type }) => type === 'township').map(({ layer_id }) => layer_id),
  });
  if (closed !== judged.length)
    throw new Error(`chunk ${first}–${last}: ${closed} of ${judged.length} parcels have a result`);
}

/** @returns the ids of those that are new */
async function storeResults(
  tx: Transaction<Schema>,
  region_code: string,
  judged: Judged[],
  ids: string[],
): Promise<Set<string>> {
  const of = <T>(pick: (one: Judged) => T): T[] => judged.map(pick);
  const short = of(({ concluded }) => inShort(concluded.findings));
  const rows = await insertResults.all(tx, {
    region_code,
    result_id: ids,
    area_m2: of(({ plot }) => plot.area_m2),
    verdict: of(({ concluded }) => concluded.verdict),
    deduct_area_m2: of(({ concluded }) => concluded.deduct_area_m2),
    restore_area_m2: of(({ concluded }) => concluded.restore_area_m2),
    remediate_area_m2: of(({ concluded }) => concluded.remediate_area_m2),
    kept_area_m2: of(({ concluded }) => concluded.kept_area_m2),
    kept_unverified_area_m2: of(({ concluded }) => concluded.kept_unverified_area_m2),
    net: of(({ concluded: { net } }) => (net === null ? null : JSON.stringify(net))),
    outcomes: short.map(({ outcomes }) => outcomes),
    failed_m2: short.map(({ failed_m2 }) => `{${failed_m2.map((m2) => m2 ?? 'null').join()}}`),
  });
  return new Set(rows.map(({ result_id }) => result_id));
}

interface Fresh extends Judged {
  result_id: string;
}

async function storePieces(tx: Transaction<Schema>, region_code: string, fresh: readonly Fresh[]): Promise<void> {
  const rows = fresh.flatMap(({ result_id, plot, concluded, shapes }) =>
    concluded.pieces.map((piece, at) => ({ result_id, plot, ...piece, piece_no: at + 1, shape: shapes[at]! })),
  );
  if (rows.length === 0) return;
  const of = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
  const { bytes, from, lengths } = packedBytes(of(({ shape }) => (shape === 'whole' ? null : shape)));
  await insertPieces.run(tx, {
    region_code,
    result_id: of((row) => row.result_id),
    piece_no: of((row) => row.piece_no),
    reasons: of((row) => JSON.stringify(row.reasons)),
    measure: of((row) => row.measure),
    area_m2: of((row) => row.area_m2),
    whole: of((row) => row.shape === 'whole'),
    wkb: bytes,
    wkb_from: from,
    wkb_bytes: lengths,
    set_id: of((row) => row.plot.parcel_set_id),
    parcel_place: of((row) => row.plot.parcel_ordinal),
  });
}

/** What is said once each and named by its place, from 1, in the order it first came. */
class Details {
  readonly values: string[] = [];
  readonly #places = new Map<string, number>();
  placeOf(detail: Finding['detail']): number {
    const text = JSON.stringify(detail);
    if (text.length > longestCommon) return this.values.push(text);
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.values.push(text));
    return this.values.length;
  }
}

/** Details with an area in them are longer, and no two are alike. */
const longestCommon = 80;

/** The words of findings, by check some few: looked for one after the other, which is quicker than by a name made of them. */
class Words {
  readonly values: Finding[] = [];
  readonly #byCheck = new Map<string, number[]>();
  placeOf(finding: Finding): number {
    const { check_id, outcome, reason, measure } = finding;
    const known = this.#byCheck.get(check_id) ?? [];
    for (const place of known) {
      const other = this.values[place - 1]!;
      if (other.outcome === outcome && other.reason === reason && other.measure === measure) return place;
    }
    const place = this.values.push(finding);
    this.#byCheck.set(check_id, [...known, place]);
    return place;
  }
}

async function storeFindings(
  tx: Transaction<Schema>,
  { region_code, first, last }: Chunk,
  fresh: Fresh[],
): Promise<void> {
  const words = new Words();
  const details = new Details();
  const columns = {
    result_no: [] as number[],
    word_no: [] as number[],
    detail_no: [] as number[],
    area_m2: [] as (number | null)[],
    share: [] as (number | null)[],
    unknown_area_m2: [] as (number | null)[],
  };
  for (const [n, { concluded }] of fresh.entries()) {
    for (const finding of concluded.findings) {
      columns.result_no.push(n + 1);
      columns.word_no.push(words.placeOf(finding));
      columns.detail_no.push(details.placeOf(finding.detail));
      columns.area_m2.push(finding.area_m2);
      columns.share.push(finding.share);
      columns.unknown_area_m2.push(finding.unknown_area_m2);
    }
  }
  const stored = await insertFindings.run(tx, {
    region_code,
    result_id: fresh.map(({ result_id }) => result_id),
    check_id: words.values.map(({ check_id }) => check_id),
    outcome: words.values.map(({ outcome }) => outcome),
    reason: words.values.map(({ reason }) => reason),
    measure: words.values.map(({ measure }) => measure),
    details: `[${details.values.join()}]`,
    ...columns,
  });
  if (stored === fresh.length * checks.length) return;
  const result_id = fresh.map((one) => one.result_id);
  const { complete } = await countComplete.one(tx, { region_code, result_id, check_count: checks.length });
  throw new Error(`chunk ${first}–${last}: ${complete} of ${fresh.length} parcels have a finding of every check`);
}
