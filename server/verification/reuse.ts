/**
 * What a new run need not compute: parcels that an earlier run judged on the same evidence. Only what changed, and what lies near it, is done
 * anew; the rest refers to the results that stand. Equal to a full run to the digit, so every doubt means computing.
 */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Manifest } from './manifest.ts';
import { touchedProjects } from './register.ts';
import { byTables, type Deps, keyOf, mostByKey, type RunKey } from './run-context.ts';

const recentRuns = sqlFile<{ run_id: string; manifest: Manifest }>('queries/recent-runs');
const replacedSets = sqlFile<{ parcel_set_id: string }>('queries/replaced-sets');
const reuseResults = sqlFile<{ reused: number }>('queries/reuse-results');
const startRun = sqlFile('queries/start-run');

/** On the embedded database one statement holds up everybody: past this many parcels the lookup takes longer than half a second. */
const mostOnEmbedded = 5_000;

/**
 * Enters the parcels of a run that begins, with the results of the newest run that will do; says in the run how many those are. Once: of
 * two that begin it, the second finds it done.
 * @returns how many have a result
 */
export async function reuseEarlier({ database, config }: Deps, key: RunKey): Promise<number> {
  const { db, kind } = database;
  const run = await db
    .selectFrom('run')
    .select(['manifest', 'parcel_count', 'reused_count'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirst();
  if (!run || run.reused_count !== null) return run?.reused_count ?? 0;
  const tooMany = kind === 'embedded' && run.parcel_count > mostOnEmbedded;
  const base = config.reuseResults && !tooMany ? await baseOf(db, key, run.manifest as unknown as Manifest) : undefined;
  // a statement over all parcels of two runs: taken for few they are compared each with each (10 min for 100,000)
  if (base && run.parcel_count <= mostByKey) await sql`analyze run_result`.execute(db);
  return await db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('run')
      .select('reused_count')
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (held.reused_count !== null) return held.reused_count;
    // a run that was waiting while the program was replaced has its parcels from the version that made it
    await tx
      .deleteFrom('run_result')
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .execute();
    let reused = 0;
    if (base) {
      if (kind === 'postgis') await sql`set local work_mem = '256MB'`.execute(tx);
      await byTables(tx, run.parcel_count);
      ({ reused } = await reuseResults.one(tx, { ...keyOf(key), ...base }));
    } else await startRun.run(tx, { ...keyOf(key) });
    await tx
      .updateTable('run')
      .set({ reused_count: reused })
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .execute();
    return reused;
  });
}

async function baseOf(
  db: Kysely<Schema>,
  key: RunKey,
  manifest: Manifest,
): Promise<(Step & { base_run_id: string; touched: string[] }) | undefined> {
  for (const { run_id, manifest: base } of await recentRuns.all(db, { ...keyOf(key) })) {
    const step = stepBetween(base, manifest);
    if (step?.set_id && !(await sameReplaced(db, key, run_id, step))) continue;
    // parcels of projects that the registers of the two runs speak of otherwise are computed anew
    if (step)
      return {
        ...step,
        base_run_id: run_id,
        touched: await touchedProjects(db, key.region_code, base.register, manifest.register),
      };
  }
  return undefined;
}

/** Whether the same sets take no part in both runs: what a set replaces is said by the set, not by the manifest. */
async function sameReplaced(db: Kysely<Schema>, key: RunKey, baseRunId: string, step: Step): Promise<boolean> {
  const inRun = async (run_id: string, judged: string | null) =>
    (await replacedSets.all(db, { region_code: key.region_code, run_id }))
      .map(({ parcel_set_id }) => (parcel_set_id === judged ? 'judged' : parcel_set_id))
      .sort()
      .join();
  return (await inRun(baseRunId, step.base_set_id)) === (await inRun(key.run_id, step.set_id));
}

interface Step {
  same_sets: boolean;
  /** the one judged set and that of the run before, where they differ */
  set_id: string | null;
  base_set_id: string | null;
  old_layers: string[];
  new_layers: string[];
  kinds: string[];
}

/**
 * What lies between two runs; undefined where they differ in more than a new version of the one judged set, or of vector layers: other
 * parameters, checks, engines or earlier sets may change any parcel, and a raster says nothing of where it changed.
 */
export function stepBetween(base: Manifest, next: Manifest): Step | undefined {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (!same(base.checks, next.checks) || !same(base.engines, next.engines)) return undefined;
  const sets = ({ inputs }: Manifest, role: string) =>
    inputs.filter((set) => set.role === role).map(({ parcel_set_id }) => parcel_set_id);
  const order = ({ inputs }: Manifest) => inputs.map(({ parcel_set_id, role }) => `${role} ${parcel_set_id}`);
  // the later of two sets carries what they share, so the judged one must stand at the same place among the same earlier ones
  const places = ({ inputs }: Manifest) => inputs.map((set) => (set.role === 'judged' ? null : set.parcel_set_id));
  const sameSets = same(order(base), order(next));
  const oneForOne =
    sets(base, 'judged').length === 1 && sets(next, 'judged').length === 1 && same(places(base), places(next));
  if (!sameSets && !oneForOne) return undefined;
  const layers = layersBetween(base.layers, next.layers);
  const [set_id = null, base_set_id = null] = sameSets ? [] : [sets(next, 'judged')[0], sets(base, 'judged')[0]];
  return layers && { same_sets: sameSets, set_id, base_set_id, ...layers };
}

type Layers = Manifest['layers'];

function layersBetween(base: Layers, next: Layers): Pick<Step, 'old_layers' | 'new_layers' | 'kinds'> | undefined {
  const step = { old_layers: [] as string[], new_layers: [] as string[], kinds: [] as string[] };
  const kindOf = ({ type, year }: Layers[number]) => `${type}@${year ?? ''}`;
  const kinds = [...new Set([...base, ...next].map(kindOf))];
  for (const kind of kinds) {
    const [before, after] = [base, next].map((layers) => layers.filter((layer) => kindOf(layer) === kind));
    const ids = (layers: Layers = []) => layers.map(({ layer_id }) => layer_id).sort();
    if (ids(before).join() === ids(after).join()) continue;
    const [old, anew] = [before?.[0], after?.[0]];
    if (before?.length !== 1 || after?.length !== 1 || !old || !anew) return undefined;
    if (['slope', 'dem', 'township'].includes(old.type) || old.code_system !== anew.code_system) return undefined;
    step.old_layers.push(old.layer_id);
    step.new_layers.push(anew.layer_id);
    step.kinds.push(kind);
  }
  return step;
}
