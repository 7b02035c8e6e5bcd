/** Freezes a run: which sets, layers, checks, parameters and engines; nothing is computed yet. */
import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { RasterGrid } from '../checks/check.ts';
import { resolveParams } from '../checks/index.ts';
import { classesAbove } from '../checks/steep-slope.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import { buildManifest, type Manifest, type ManifestLayer, type ManifestSet } from './manifest.ts';
import type { Deps } from './run-context.ts';

const earlierSets = sqlFile<{ parcel_set_id: string }>('queries/earlier-sets');
const defaultLayers = sqlFile<{ layer_id: string }>('queries/default-layers');
const startRun = sqlFile('queries/start-run');

export interface CreateRunInput {
  parcelSetIds: string[];
  /** the county the caller takes the sets to be of: refused where they are of another */
  regionCode?: string;
  /** default: newest of each type, all land-use years */
  layerIds?: string[];
  params?: Record<string, Record<string, unknown>>;
  /** default: the earlier accepted sets of the region */
  earlierSetIds?: string[];
  /** `given`: the sets count in the order named (command line); `accepted`: in the order they were accepted (HTTP) */
  order?: 'given' | 'accepted';
}

type SetRow = ManifestSet & { region_code: string; withdrawn: boolean; accepted: number; created: number };

interface Created {
  run_id: string;
  region_code: string;
  parcel_count: number;
  manifest: Manifest;
}

export async function createRun(deps: Deps, input: CreateRunInput): Promise<Created> {
  try {
    return await freezeRun(deps, input);
  } catch (error) {
    // a layer taken by default was deleted at that moment: nobody named it, so what is newest now is taken
    const gone = error instanceof AppError && error.code === 'not-found' && error.where?.field === 'layer_ids';
    if (gone && input.layerIds === undefined) return await freezeRun(deps, input);
    throw error;
  }
}

async function freezeRun(deps: Deps, input: CreateRunInput): Promise<Created> {
  const { db } = deps.database;
  const judged = await judgedSets(db, input);
  const regionCode = judged[0]?.region_code as string;
  const earlierIds =
    input.earlierSetIds ??
    (await earlierSets.all(db, { region_code: regionCode, judged: judged.map((s) => s.parcel_set_id) })).map(
      (s) => s.parcel_set_id,
    );
  const earlier = await readSets(
    db,
    earlierIds.filter((id) => !judged.some((s) => s.parcel_set_id === id)),
    'earlier',
  );
  demandEarlier(regionCode, earlier);
  const layerIds = input.layerIds ?? (await defaultLayers.all(db, { region_code: regionCode })).map((l) => l.layer_id);
  const layers = await readLayers(db, regionCode, layerIds);
  const params = resolveParams(input.params);
  demandSense(layers, params);

  const sets = inOrder(earlier, judged);
  const manifest = buildManifest({
    database: deps.database,
    runtime: deps.config.runtime,
    regionCode,
    sets: sets.map(manifestSet),
    layers,
    params,
  });
  const runId = randomUUID();
  const parcelCount = judged.reduce((sum, set) => sum + set.feature_count, 0);
  await db.transaction().execute(async (tx) => {
    await holdLayers(tx, regionCode, layers);
    await tx
      .insertInto('run')
      .values({
        region_code: regionCode,
        run_id: runId,
        params: JSON.stringify(params),
        manifest: JSON.stringify(manifest),
        parcel_count: parcelCount,
        started_at: null,
        finished_at: null,
      })
      .execute();
    let first = 0;
    const rows = sets.map((set, ordinal) => {
      const row = {
        region_code: regionCode,
        run_id: runId,
        ordinal,
        parcel_set_id: set.parcel_set_id,
        role: set.role,
        first_ordinal: set.role === 'judged' ? first : 0,
      };
      if (set.role === 'judged') first += set.feature_count;
      return row;
    });
    await tx.insertInto('run_set').values(rows).execute();
    if (layers.length > 0) {
      await tx
        .insertInto('run_layer')
        .values(layers.map((layer) => ({ region_code: regionCode, run_id: runId, layer_id: layer.layer_id })))
        .execute();
    }
    await startRun.run(tx, { region_code: regionCode, run_id: runId });
  });
  return { run_id: runId, region_code: regionCode, parcel_count: parcelCount, manifest };
}

/**
 * The order of acceptance, by which the later of two sets carries what they share; sets not accepted yet come last. A set that is
 * verified again keeps its place before those accepted since, else both would be deducted. Judged sets keep their own order.
 */
function inOrder(earlier: SetRow[], judged: SetRow[]): SetRow[] {
  const byAcceptance = [...earlier, ...judged].sort((a, b) =>
    a.accepted === b.accepted ? 0 : a.accepted < b.accepted ? -1 : 1,
  );
  const next = judged.values();
  return byAcceptance.map((set) => (set.role === 'judged' ? (next.next().value as SetRow) : set));
}

/** Keeps the layers from being deleted between the reading of them and the run's naming them; one that is being deleted is gone. */
async function holdLayers(tx: Transaction<Schema>, regionCode: string, layers: ManifestLayer[]): Promise<void> {
  if (layers.length === 0) return;
  const held = await tx
    .selectFrom('layer')
    .select('layer_id')
    .where('region_code', '=', regionCode)
    .where(
      'layer_id',
      'in',
      layers.map((layer) => layer.layer_id),
    )
    .where('state', '=', 'ready')
    .forShare()
    .execute();
  const gone = layers.find((layer) => !held.some((row) => row.layer_id === layer.layer_id));
  if (gone) throw noLayer(gone.layer_id);
}

function noLayer(id: string): AppError {
  return new AppError(
    'not-found',
    { zh: `本县没有图层 ${id}`, en: `No layer ${id} in this county` },
    { field: 'layer_ids' },
  );
}

async function judgedSets(db: Kysely<Schema>, input: CreateRunInput): Promise<SetRow[]> {
  const wanted = [...new Set(input.parcelSetIds)];
  if (wanted.length === 0)
    throw new AppError(
      'validation',
      { zh: '请指定至少一个地块集', en: 'Name at least one parcel set' },
      { field: 'parcel_set_ids' },
    );
  const judged = await readSets(db, wanted, 'judged');
  const regions = new Set(judged.map((set) => set.region_code));
  if (regions.size > 1) {
    throw new AppError(
      'validation',
      {
        zh: `一次核查只能在一个县内：${[...regions].join('、')}`,
        en: `A run stays within one county: ${[...regions].join(', ')}`,
      },
      { field: 'parcel_set_ids', candidates: [...regions] },
    );
  }
  if (input.regionCode !== undefined && !regions.has(input.regionCode)) {
    throw new AppError(
      'validation',
      {
        zh: `地块集属于 ${[...regions].join('、')}，不是 ${input.regionCode}`,
        en: `The parcel sets are of ${[...regions].join(', ')}, not of ${input.regionCode}`,
      },
      { field: 'region_code', candidates: [...regions] },
    );
  }
  const gone = judged.find((set) => set.withdrawn);
  if (gone) throw withdrawn(gone, fieldOf.judged);
  if (input.order === 'given') return judged;
  return judged.sort(
    (a, b) => a.accepted - b.accepted || a.created - b.created || (a.parcel_set_id < b.parcel_set_id ? -1 : 1),
  );
}

/** Sets named by the caller; those found by default are of the region and count. A set that is withdrawn takes no part at all. */
function demandEarlier(regionCode: string, earlier: SetRow[]): void {
  const foreign = earlier.find((set) => set.region_code !== regionCode);
  if (foreign)
    throw new AppError(
      'validation',
      {
        zh: `地块集 ${foreign.parcel_set_id} 属于 ${foreign.region_code}，一次核查只能在一个县内（${regionCode}）`,
        en: `Parcel set ${foreign.parcel_set_id} is of ${foreign.region_code}; a run stays within one county (${regionCode})`,
      },
      { field: fieldOf.earlier },
    );
  const gone = earlier.find((set) => set.withdrawn);
  if (gone) throw withdrawn(gone, fieldOf.earlier);
}

function withdrawn({ parcel_set_id }: SetRow, field: string): AppError {
  return new AppError(
    'conflict',
    { zh: `地块集 ${parcel_set_id} 已撤回`, en: `Parcel set ${parcel_set_id} is withdrawn` },
    { field },
  );
}

/** where the caller named a set of this role */
const fieldOf = { judged: 'parcel_set_ids', earlier: 'earlier_set_ids' } as const;

async function readSets(db: Kysely<Schema>, wanted: string[], role: 'judged' | 'earlier'): Promise<SetRow[]> {
  if (wanted.length === 0) return [];
  const rows = await db
    .selectFrom('parcel_set')
    .select([
      'region_code',
      'parcel_set_id',
      'name',
      'file_name',
      'sha256',
      'feature_count',
      'decisions',
      'withdrawn_at',
      'accepted_at',
      'created_at',
    ])
    .where('parcel_set_id', 'in', wanted)
    .where('state', '=', 'ready')
    .execute();
  return wanted.map((id) => {
    const row = rows.find((r) => r.parcel_set_id === id);
    if (!row)
      throw new AppError('not-found', { zh: `没有地块集 ${id}`, en: `No parcel set ${id}` }, { field: fieldOf[role] });
    const { withdrawn_at, accepted_at, created_at, ...set } = row;
    return {
      ...set,
      role,
      withdrawn: withdrawn_at !== null,
      accepted: accepted_at?.getTime() ?? Infinity,
      created: created_at.getTime(),
    };
  });
}

function manifestSet({ withdrawn: _, accepted: __, created: ___, region_code: ____, ...set }: SetRow): ManifestSet {
  return set;
}

async function readLayers(db: Kysely<Schema>, regionCode: string, wanted: string[]): Promise<ManifestLayer[]> {
  if (wanted.length === 0) return [];
  const rows = await db
    .selectFrom('layer')
    .select([
      'layer_id',
      'type',
      'year',
      'name',
      'file_name',
      'sha256',
      'source',
      'code_system',
      'raster',
      'feature_count',
      'decisions',
    ])
    .where('region_code', '=', regionCode)
    .where('layer_id', 'in', wanted)
    .where('state', '=', 'ready')
    .execute();
  for (const id of wanted) {
    if (!rows.some((row) => row.layer_id === id)) throw noLayer(id);
  }
  return rows
    .map((row) => ({ ...row, raster: row.raster as RasterGrid | null }))
    .sort(
      (a, b) =>
        a.type.localeCompare(b.type, 'en') || (a.year ?? 0) - (b.year ?? 0) || (a.layer_id < b.layer_id ? -1 : 1),
    );
}

/** What can be said to be wrong before anything is computed. */
function demandSense(layers: ManifestLayer[], params: Record<string, Record<string, unknown>>): void {
  for (const type of ['slope', 'dem']) {
    const rasters = layers.filter((layer) => layer.type === type);
    if (rasters.length > 1) {
      throw new AppError(
        'validation',
        { zh: `一次核查只能用一个 ${type} 栅格`, en: `A run takes one ${type} raster` },
        { field: 'layer_ids', candidates: rasters.map((r) => r.layer_id) },
      );
    }
  }
  const slope = params['steep-slope'] ?? {};
  const types = new Set(layers.map((layer) => layer.type));
  const zones =
    slope['source'] === 'slope-zones' ||
    (slope['source'] === 'auto' && !types.has('slope') && !types.has('dem') && types.has('slope-zones'));
  if (zones) classesAbove(Number(slope['max_slope_deg']));
}
