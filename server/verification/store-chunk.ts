/** Writes what was concluded of a chunk: results, findings, pieces with their shapes, and the parcels' references to them. */
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Judged } from './judge.ts';
import { drawnPieces } from './piece-drawing.ts';
import type { Chunk, RunFacts } from './run-context.ts';

const insertResults = sqlFile('queries/insert-results');
const insertFindings = sqlFile('queries/insert-findings');
const insertPieces = sqlFile('queries/insert-pieces');
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
  const { region_code, run_id } = chunk;
  const ids = judged.map(({ plot }) => resultId(facts.evidence, plot.parcel_set_id, plot.parcel_ordinal));
  const of = <T>(pick: (one: Judged) => T): T[] => judged.map(pick);
  await insertResults.run(tx, {
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
  const findings = judged.flatMap(({ concluded }, n) =>
    concluded.findings.map((finding) => ({ ...finding, result_id: ids[n]! })),
  );
  await insertFindings.run(tx, {
    region_code,
    result_id: findings.map((f) => f.result_id),
    check_id: findings.map((f) => f.check_id),
    outcome: findings.map((f) => f.outcome),
    reason: findings.map((f) => f.reason),
    measure: findings.map((f) => f.measure),
    area_m2: findings.map((f) => f.area_m2),
    share: findings.map((f) => f.share),
    unknown_area_m2: findings.map((f) => f.unknown_area_m2),
    detail: findings.map((f) => JSON.stringify(f.detail)),
  });
  const pieces = drawnPieces(judged, ids, facts);
  if (pieces.ordinal.length > 0) await insertPieces.run(tx, { region_code, run_id, ...pieces });
  const closed = await closeChunk.run(tx, {
    region_code,
    run_id,
    first: chunk.first,
    last: chunk.last,
    ordinal: of(({ plot }) => plot.ordinal),
    result_id: ids,
    township_layers: facts.layers.filter(({ type }) => type === 'township').map(({ layer_id }) => layer_id),
    check_count: checks.length,
  });
  const parcels = chunk.last - chunk.first + 1;
  if (closed !== parcels)
    throw new Error(
      `chunk ${chunk.first}–${chunk.last}: ${closed} of ${parcels} parcels have a finding of every check`,
    );
}
