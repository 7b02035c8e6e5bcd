/** A chunk of a replay: what stands of it is read and compared, parcel by parcel. Reads only. */
import { type Db, sqlFile } from '../database/sql-file.ts';
import type { Difference, Differences, LargestDifference } from './differences.ts';
import { patiently } from './patience.ts';
import { type JudgedAgain, judgeAgain } from './replay-judge.ts';
import { compareParcel, type StoredFinding, type StoredPiece, type StoredResult } from './replay-parcel.ts';
import { byIndex, type Chunk, type Deps, type RunFacts } from './run-context.ts';
import { type TileReader, tileReader } from './slope-tiles.ts';

const storedResults = sqlFile<StoredResult>('queries/stored-results');
const storedFindings = sqlFile<StoredFinding>('queries/stored-findings');
const storedPieces = sqlFile<StoredPiece>('queries/stored-pieces');
const townships = sqlFile<{ ordinal: number; township: string | null }>('queries/township-of-parcels');

/** Judges again and compares, chunk by chunk. */
export class Comparison {
  readonly #deps: Deps;
  readonly #facts: RunFacts;
  readonly #firsts: Map<string, number>;
  readonly #exact: boolean;
  readonly #readTile: TileReader;
  readonly #differences: Differences;

  constructor(deps: Deps, facts: RunFacts, firsts: Map<string, number>, exact: boolean, differences: Differences) {
    this.#deps = deps;
    this.#facts = facts;
    this.#firsts = firsts;
    this.#exact = exact;
    this.#readTile = tileReader(facts.key.region_code);
    this.#differences = differences;
  }

  async compare(chunk: Chunk): Promise<void> {
    const judged = await judgeAgain(this.#deps, this.#facts, chunk, this.#readTile, this.#exact);
    const { region_code, run_id, first, last } = chunk;
    const key = { region_code, run_id, first, last };
    const township_layers = this.#facts.layers.filter(({ type }) => type === 'township').map((layer) => layer.layer_id);
    const read = async (tx: Db) => ({
      results: new Map((await storedResults.all(tx, key)).map((row) => [row.ordinal, row])),
      findings: Map.groupBy(await storedFindings.all(tx, key), ({ ordinal }) => ordinal),
      pieces: Map.groupBy(await storedPieces.all(tx, key), ({ ordinal }) => ordinal),
      townships: new Map((await townships.all(tx, { ...key, township_layers })).map((row) => [row.ordinal, row])),
    });
    const rows = await patiently(this.#deps.database.db, () => byIndex(this.#deps.database.db, read));
    const again = new Map(judged.map((one) => [one.plot.ordinal, one]));
    for (let ordinal = first; ordinal <= last; ordinal++) {
      const one = again.get(ordinal);
      const result = rows.results.get(ordinal);
      if (!one || !result || !this.#inPlace(one)) {
        this.#differences.add(ordinal, [misplaced(ordinal, one)]);
        continue;
      }
      const stored = {
        result,
        findings: rows.findings.get(ordinal) ?? [],
        pieces: rows.pieces.get(ordinal) ?? [],
      };
      const township = rows.townships.get(ordinal)?.township ?? null;
      const within = (largest: LargestDifference) => this.#differences.within(largest);
      this.#differences.add(ordinal, compareParcel(one, township, stored, this.#exact, within));
    }
  }

  #inPlace({ plot }: JudgedAgain): boolean {
    return this.#firsts.get(plot.parcel_set_id) === plot.ordinal - plot.parcel_ordinal;
  }
}

const misplaced = (ordinal: number, one: JudgedAgain | undefined): Difference => ({
  parcel_id: one?.plot.parcel_id ?? null,
  check: null,
  field: `run_result[${ordinal}]`,
  stored: one ? { parcel_set_id: one.plot.parcel_set_id, parcel_ordinal: one.plot.parcel_ordinal } : null,
  recomputed: null,
});
