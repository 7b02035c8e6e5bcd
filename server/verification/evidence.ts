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
import { parseShape, type Shape } from '../overlay/shape.ts';
import type { ParcelSlope } from '../terrain/zonal.ts';
import { Breath } from './breath.ts';
import { columnsOf, groupsOf, thingsBy } from './nearby.ts';
import {
  laidParcels,
  laidPieces,
  type NearParcel,
  type NeighbourRow,
  nearParcels,
  nearPieces,
  type PieceRow,
} from './patches.ts';
import { byIndex, type Chunk, type Deps, type RunFacts } from './run-context.ts';
import { laidCells, slopesOf } from './slope-evidence.ts';
import type { TileReader } from './slope-tiles.ts';

interface ParcelRow extends Omit<Plot, 'twin'> {
  project_name: string | null;
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
  /** the parcel's own shape as it is stored, WKB in degrees; null where it has none */
  wkb: Uint8Array | null;
  ground: Ground;
  slope: ParcelSlope | null;
  /** why the ground could not be made out: the parcel is a trap, not a plot */
  failed?: string;
}

export async function readEvidence(
  { database: { db } }: Deps,
  facts: RunFacts,
  chunk: Chunk,
  readTile: TileReader,
): Promise<Evidence[]> {
  const { region_code, run_id, first, last } = chunk;
  const key = { region_code, run_id, first, last, again: facts.again };
  const sets = { several_sets: facts.severalSets, replaced: facts.replaced };
  const raster = rasterOf(facts);
  const read = await byIndex(db, async (tx) => {
    const rows = await parcelRows.all(tx, { ...key, ...sets, raster_srid: raster?.raster?.srid ?? null });
    const shapes = rows.map(({ shape }) => shape && parseShape(shape));
    const groups = groupsOf(shapes.map((shape) => shape?.box));
    const over = layersOver(facts, rows);
    const near = { region_code, ...columnsOf(groups) };
    const own = rows.map(({ ordinal }) => ordinal);
    return {
      rows,
      shapes,
      groups,
      over,
      pieces: await pieceRows.all(tx, { ...near, layers: [...new Set(over.flatMap((layers) => [...layers]))] }),
      neighbours: await neighbourRows.all(tx, { ...near, ...sets, run_id, own }),
      twins: new Map((await twinRows.all(tx, key)).map(({ ordinal, twin }) => [ordinal, twin])),
    };
  });
  const { rows, shapes, groups } = read;
  const slopes = raster ? await slopesOf(db, facts, raster, rows, readTile) : new Map<number, ParcelSlope>();
  const boxes = shapes.map((shape) => shape?.box);
  const pieces = nearPieces(read.pieces, new Map(facts.layers.map((layer) => [layer.layer_id, layer])));
  const piecesBy = thingsBy(boxes, groups, pieces, ({ shape }) => shape.box);
  const parcelsBy = thingsBy(
    boxes,
    groups,
    withOwn(read.neighbours, rows, shapes),
    ({ shapes: [shape] }) => shape?.box,
  );
  const breath = new Breath();
  const evidence: Evidence[] = [];
  for (const place of rows.keys()) {
    evidence.push(evidenceOf(place));
    await breath.take();
  }
  return evidence;

  function evidenceOf(place: number): Evidence {
    const { shape: wkb, in_raster: _in, project_name: _name, ...row } = rows[place]!;
    const plot: Plot = { ...row, twin: read.twins.get(row.ordinal) ?? null };
    const slope = slopes.get(row.ordinal) ?? null;
    const over = read.over[place]!;
    const laid = [
      ...laidPieces(piecesBy[place]!.filter(({ layer_id }) => over.has(layer_id))),
      ...(plot.filed_anew ? [] : laidParcels(parcelsBy[place]!, plot)),
      ...(slope && raster?.raster ? laidCells(slope, raster.raster) : []),
    ];
    try {
      return { plot, wkb, slope, ground: new Ground(shapes[place]!, row.area_m2, laid) };
    } catch (error) {
      if (!(error instanceof ArrangementFailed)) throw error;
      return { plot, wkb, slope, ground: new Ground(null, row.area_m2, []), failed: error.message };
    }
  }
}

/** Other parcels and those of the chunk itself, which lie over each other too. */
function withOwn(
  others: readonly NeighbourRow[],
  rows: readonly ParcelRow[],
  shapes: readonly (Shape | null)[],
): NearParcel[] {
  const own = rows.flatMap(({ filed_anew, set_no, parcel_set_id, parcel_ordinal, parcel_id, project_name }, place) => {
    const shape = shapes[place];
    if (filed_anew || !shape) return [];
    return [{ neighbour: { set_no, parcel_set_id, parcel_ordinal, parcel_id, project_name }, shape }];
  });
  return nearParcels([...own, ...others.map(({ shape, ...neighbour }) => ({ neighbour, shape: parseShape(shape) }))]);
}

/**
 * Layers that lie over each of the parcels, in their order: of land use the newest year, and of the years before it the one the parcel is
 * compared with. Years that no check looks at are not read.
 */
function layersOver({ layers, params }: RunFacts, parcels: readonly ParcelRow[]): ReadonlySet<string>[] {
  const over = layers.filter((layer) => !notOver.has(layer.type));
  const years = landUseYears(over.filter(({ type }) => type === 'land-use'));
  const byPrior = new Map<number | undefined, Set<string>>();
  return parcels.map((row) => {
    const prior = priorYear({ ...row, twin: null }, params['prior-farmland'] ?? {}, years);
    const known = byPrior.get(prior);
    if (known) return known;
    const mine = over.filter(({ type, year }) => type !== 'land-use' || year === years[0] || year === prior);
    const ids = new Set(mine.map(({ layer_id }) => layer_id));
    byPrior.set(prior, ids);
    return ids;
  });
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
