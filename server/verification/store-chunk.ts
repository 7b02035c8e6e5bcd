/** Writes what was concluded of a chunk: results, findings, pieces with their shapes, and the parcels' references to them. */
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Judged } from './judge.ts';
import { drawnPieces } from './piece-drawing.ts';
import type { Chunk, RunFacts } from './run-context.ts';

const insertResults = sqlFile<{ result_id: string }>('queries/insert-results');
const insertFindings = sqlFile('queries/insert-findings');
const insertPieces = sqlFile('queries/insert-pieces');
const countComplete = sqlFile<{ complete: number }>('queries/count-complete');
const closeChunk = sqlFile('queries/close-chunk');

/**
 * The id of a result: one parcel under one set of evidence (layers, parameters, checks, engines, sets taking part; hashed by the run into
 * `evidence`). The same evidence gives the same id, so that a chunk done twice writes one row.
 */
export function resultId(evidence: string, parcelSetId: string, parcelOrdinal: number): string {
  const hash = createHash('md5').update(`${evidence}/${parcelSetId}/${parcelOrdinal}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20)}`;
}

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
    const pieces = drawnPieces(fresh, facts);
    if (pieces) await insertPieces.run(tx, { region_code, keep: true, ...pieces });
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
  });
  return new Set(rows.map(({ result_id }) => result_id));
}

export interface Fresh extends Judged {
  result_id: string;
}

/** Values said once each and named by their places, from 1, in the order they first came. */
class Places {
  readonly #places = new Map<string, number>();
  of(value: string): number {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    this.#places.set(value, this.#places.size + 1);
    return this.#places.size;
  }
  values(): string[] {
    return [...this.#places.keys()];
  }
}

async function storeFindings(
  tx: Transaction<Schema>,
  { region_code, first, last }: Chunk,
  fresh: Fresh[],
): Promise<void> {
  const words = new Places();
  const details = new Places();
  const findings = fresh.flatMap(({ concluded }, n) =>
    concluded.findings.map(({ check_id, outcome, reason, measure, detail, ...figures }) => ({
      ...figures,
      result_no: n + 1,
      word_no: words.of(JSON.stringify([check_id, outcome, reason, measure])),
      detail_no: details.of(JSON.stringify(detail)),
    })),
  );
  const said = words.values().map((word) => JSON.parse(word) as (string | null)[]);
  const of = <T>(pick: (finding: (typeof findings)[number]) => T): T[] => findings.map(pick);
  const stored = await insertFindings.run(tx, {
    region_code,
    result_id: fresh.map(({ result_id }) => result_id),
    check_id: said.map(([check_id]) => check_id),
    outcome: said.map(([, outcome]) => outcome),
    reason: said.map(([, , reason]) => reason),
    measure: said.map(([, , , measure]) => measure),
    detail: details.values(),
    result_no: of((f) => f.result_no),
    word_no: of((f) => f.word_no),
    detail_no: of((f) => f.detail_no),
    area_m2: of((f) => f.area_m2),
    share: of((f) => f.share),
    unknown_area_m2: of((f) => f.unknown_area_m2),
  });
  if (stored === fresh.length * checks.length) return;
  const result_id = fresh.map((one) => one.result_id);
  const { complete } = await countComplete.one(tx, { region_code, result_id, check_count: checks.length });
  throw new Error(`chunk ${first}–${last}: ${complete} of ${fresh.length} parcels have a finding of every check`);
}
