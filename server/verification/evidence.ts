/** Brings the evidence of one chunk into memory: its parcels, and the ground under each. Reads only; nothing is locked. */
import type { Kysely } from 'kysely';
import type { Plot, Point, RunLayer } from '../checks/check.ts';
import { Ground } from '../checks/ground.ts';
import { landUseYears } from '../checks/land-use-year.ts';
import { priorYear } from '../checks/prior-farmland.ts';
import { slopeLayers } from '../checks/steep-slope.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { ArrangementFailed } from '../overlay/arrangement.ts';
import { parseShape } from '../overlay/shape.ts';
import type { ParcelSlope, Rect } from '../terrain/zonal.ts';
import { Breath } from './breath.ts';
import { type NeighbourRow, neighbourPatches, type PieceRow, patchesOf } from './patches.ts';
import { byIndex, type Chunk, type Deps, type RunFacts, type TileReader } from './run-context.ts';
import { cellPatches, slopesOf } from './slope-evidence.ts';

interface ParcelRow extends Omit<Plot, 'twin'> {
  shape: Buffer | null;
  in_raster: Buffer | null;
}

const parcelRows = sqlFile<ParcelRow>('queries/chunk-parcels');
const pieceRows = sqlFile<PieceRow>('queries/chunk-pieces');
const neighbourRows = sqlFile<NeighbourRow>('queries/chunk-neighbours');
const twinRows = sqlFile<{ ordinal: number; twin: string }>('queries/chunk-twins');
const pointRows = sqlFile<{
  ordinal: number;
  lon: number;
  lat: number;
  outside_lon: number | null;
  outside_lat: number | null;
}>('queries/inner-points');

/** Layers that lie over parcels as polygons; township is asked at one point only, rasters by their cells. */
const notOver = new Set(['township', 'slope', 'dem']);

export interface Evidence {
  plot: Plot;
  ground: Ground;
  slope: ParcelSlope | null;
  /** cells over the limit, in the raster's plane: what pieces are drawn from */
  steepRects: readonly Rect[];
  /** why the ground could not be made out: the parcel is a trap, not a plot */
  failed?: string;
}

export async function readEvidence(
  { database: { db } }: Deps,
  facts: RunFacts,
  chunk: Chunk,
  readTile: TileReader,
): Promise<Evidence[]> {
  const key = {
    region_code: chunk.region_code,
    run_id: chunk.run_id,
    first: chunk.first,
    last: chunk.last,
    again: facts.again,
  };
  const layers = new Map(facts.layers.map((layer) => [layer.layer_id, layer]));
  const raster = rasterOf(facts);
  const sets = { several_sets: facts.severalSets, replaced: facts.replaced };
  const { parcels, pieces, neighbours, twins } = await byIndex(db, async (tx) => {
    const found = await parcelRows.all(tx, { ...key, ...sets, raster_srid: raster?.raster?.srid ?? null });
    return {
      parcels: found,
      pieces: groupBy(await pieceRows.all(tx, { ...key, ...layersOver(facts, found) })),
      neighbours: groupBy(await neighbourRows.all(tx, { ...key, ...sets })),
      twins: new Map((await twinRows.all(tx, key)).map(({ ordinal, twin }) => [ordinal, twin])),
    };
  });
  const slopes = raster ? await slopesOf(db, facts, raster, parcels, readTile) : new Map<number, ParcelSlope>();
  const breath = new Breath();
  const evidence: Evidence[] = [];
  for (const row of parcels) {
    evidence.push(evidenceOf(row));
    await breath.take();
  }
  return evidence;

  function evidenceOf({ shape, in_raster: _, ...row }: ParcelRow): Evidence {
    const plot: Plot = { ...row, twin: twins.get(row.ordinal) ?? null };
    const slope = slopes.get(row.ordinal) ?? null;
    const patches = [
      ...patchesOf(pieces.get(row.ordinal) ?? [], layers),
      ...neighbourPatches(plot.filed_anew ? [] : (neighbours.get(row.ordinal) ?? [])),
      ...(slope && raster?.raster ? cellPatches(slope, raster.raster) : []),
    ];
    const steepRects = slope && !slope.all_steep ? slope.steep_rects : [];
    try {
      return { plot, slope, steepRects, ground: new Ground(shape && parseShape(shape), row.area_m2, patches) };
    } catch (error) {
      if (!(error instanceof ArrangementFailed)) throw error;
      return {
        plot,
        slope,
        steepRects,
        ground: new Ground(null, row.area_m2, []),
        failed: error.message,
      };
    }
  }
}

/** Layers that lie over every parcel: of land use the newest year; of the years before it a parcel gets the one it is compared with. */
function layersOver({ layers, params }: RunFacts, parcels: readonly ParcelRow[]): Record<string, unknown[]> {
  const over = layers.filter((layer) => !notOver.has(layer.type));
  const landUse = over.filter(({ type }) => type === 'land-use');
  const years = landUseYears(landUse);
  const asked = parcels.flatMap((row) => {
    const year = priorYear({ ...row, twin: null }, params['prior-farmland'] ?? {}, years);
    return landUse
      .filter((layer) => layer.year === year && year !== years[0])
      .map(({ layer_id }) => ({ ordinal: row.ordinal, layer_id }));
  });
  return {
    layers: over
      .filter((layer) => layer.type !== 'land-use' || layer.year === years[0])
      .map(({ layer_id }) => layer_id),
    asked_ordinal: asked.map(({ ordinal }) => ordinal),
    asked_layer_id: asked.map(({ layer_id }) => layer_id),
  };
}

/** The one parcel of a chunk without a look at its shape: for one that brings the engine down. */
export async function plainPlot(db: Kysely<Schema>, { region_code, run_id, first }: Chunk): Promise<Plot> {
  const row = await db
    .selectFrom('run_result as r')
    .innerJoin('run_set as s', (join) =>
      join
        .onRef('s.region_code', '=', 'r.region_code')
        .onRef('s.run_id', '=', 'r.run_id')
        .onRef('s.parcel_set_id', '=', 'r.parcel_set_id'),
    )
    .innerJoin('parcel as p', (join) =>
      join
        .onRef('p.region_code', '=', 'r.region_code')
        .onRef('p.parcel_set_id', '=', 'r.parcel_set_id')
        .onRef('p.ordinal', '=', 'r.parcel_ordinal'),
    )
    .select([
      'r.ordinal',
      'p.parcel_set_id',
      'p.ordinal as parcel_ordinal',
      's.ordinal as set_no',
      'p.parcel_id',
      'p.project_code',
      'p.plot_type',
      'p.accepted_on',
      'p.pending',
      'p.declared_area_m2',
      'p.declared_net_m2',
      'p.faults',
      'p.area_m2',
    ])
    .where('r.region_code', '=', region_code)
    .where('r.run_id', '=', run_id)
    .where('r.ordinal', '=', first)
    .executeTakeFirstOrThrow();
  return { ...row, faults: row.faults as Plot['faults'], filed_anew: false, twin: null };
}

/** Points to show for the parcels asked for: within each, and within what of it lies outside the boundary. */
export async function readPoints(
  { database: { db } }: Deps,
  facts: RunFacts,
  chunk: Chunk,
  ordinals: number[],
): Promise<Map<string, Point>> {
  const boundary = facts.layers.filter(({ type }) => type === 'boundary').map(({ layer_id }) => layer_id);
  const { region_code, run_id, first, last } = chunk;
  const params = { region_code, run_id, first, last, ordinals, boundary };
  const rows = await byIndex(db, (tx) => pointRows.all(tx, params));
  return new Map(
    rows.flatMap(({ ordinal, lon, lat, outside_lon, outside_lat }): [string, Point][] => [
      [`${ordinal} parcel`, { lon, lat }],
      ...(outside_lon === null || outside_lat === null
        ? []
        : [[`${ordinal} outside-boundary`, { lon: outside_lon, lat: outside_lat }] as [string, Point]]),
    ]),
  );
}

/** The raster that speaks of slope in this run, where one does. */
function rasterOf({ layers, params }: RunFacts): RunLayer | undefined {
  const [layer] = slopeLayers(params['steep-slope'] ?? {}, (type) => layers.filter((one) => one.type === type));
  return layer?.raster ? layer : undefined;
}

function groupBy<Row extends { ordinal: number }>(rows: Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.ordinal);
    if (group) group.push(row);
    else groups.set(row.ordinal, [row]);
  }
  return groups;
}
