import { sqlFile } from '../database/sql-file.ts';
import type { Reason } from '../domain/outcome.ts';
import { AppError } from '../errors.ts';
import { parseWkbRings } from '../terrain/wkb.ts';
import { type ParcelSlope, slopeOfParcel } from '../terrain/zonal.ts';
import {
  type Check,
  type CheckContext,
  chunkParams,
  documents,
  ids,
  layerCheckParams,
  type RasterGrid,
  type RunLayer,
} from './check.ts';
import { ordinalsOf } from './land-use-year.ts';

const measureRaster = sqlFile('checks/steep-slope');
const measureZones = sqlFile('checks/steep-slope-zones');
const shapes = sqlFile<{ ordinal: number; wkb: Buffer }>('queries/chunk-shapes');

/** Upper edges of the survey's slope classes 1–4 (DOMAIN §1.4); class 5 is over 25°. */
const classEdges = [2, 6, 15, 25];
const sources = ['auto', 'slope', 'dem', 'slope-zones'] as const;

export const steepSlope: Check = {
  id: 'steep-slope',
  version: 2,
  title: { zh: '25度以上陡坡', en: 'Steeper than 25°' },
  why: {
    zh: '禁止在二十五度以上陡坡地开垦种植农作物，陡坡上的补充耕地指标应予核减。',
    en: 'Slopes over 25° must not be reclaimed for crops; quota certified there is deducted.',
  },
  fix: { zh: '核减陡坡面积的占补平衡指标。', en: 'Deduct the quota of the steep area.' },
  basis: [
    { document: documents.water, clause: '第二十条' },
    { document: documents.youyang, clause: '二（三）' },
    { document: documents.opinion2024, clause: '禁止在25度以上陡坡区域实施补充耕地' },
  ],
  params: {
    ...layerCheckParams,
    max_slope_deg: {
      default: 25,
      unit: '°',
      title: { zh: '坡度上限（严格大于）', en: 'Slope limit (strictly greater)' },
    },
    source: { default: 'auto', unit: '', title: { zh: '坡度来源', en: 'Source of slope' }, values: sources },
  },
  needs: ['slope', 'dem', 'slope-zones', 'steep-ban'],
  measure: 'deduct',
  run,
};

/** Which layer speaks of slope; `auto` takes slope, else dem, else slope-zones. */
function chosen({ layersOf, params }: CheckContext): RunLayer[] {
  const wanted = params['source'] === 'auto' ? ['slope', 'dem', 'slope-zones'] : [String(params['source'])];
  for (const type of wanted) {
    const layers = layersOf(type);
    if (layers.length > 0) return layers;
  }
  return [];
}

async function run(context: CheckContext): Promise<void> {
  const { db, chunk, params, layersOf, say } = context;
  const layers = chosen(context);
  const ban = layersOf('steep-ban');
  const [layer] = layers;
  if (!layer && ban.length === 0) return say('undetermined', 'layer-missing');
  if (layer?.type === 'slope-zones') {
    await measureZones.run(db, {
      ...chunkParams(chunk),
      zone_layers: ids(layers),
      ban_layers: ids(ban),
      boundary: ids(layersOf('boundary')),
      steep_classes: classesAbove(Number(params['max_slope_deg'])),
      max_slope_deg: params['max_slope_deg'],
      min_area_m2: params['min_area_m2'],
    });
    return;
  }
  await measureRaster.run(db, {
    ...chunkParams(chunk),
    ...(await slopes(context, layer)),
    ban_layers: ids(ban),
    srid: layer?.raster?.srid ?? 4490,
    // cells are straight in the raster's plane; its long merged edges bend in lon/lat (official rule: densify over 70 m)
    segment: layer?.raster && layer.raster.srid !== 4490 ? 70 : 70 / 111_320,
    source: layer?.type ?? 'steep-ban',
    cell_m: layer?.raster?.cell_m ?? null,
    max_slope_deg: params['max_slope_deg'],
    min_area_m2: params['min_area_m2'],
  });
}

/** Slope-zone classes whose slopes exceed the limit; only the survey's own edges can be asked of them. */
export function classesAbove(limit: number): number[] {
  const edge = classEdges.indexOf(limit);
  if (edge < 0) {
    throw new AppError(
      'validation',
      {
        zh: `坡度来源为坡度图时，上限只能是 ${classEdges.join('、')} 度`,
        en: `With slope zones the limit must be one of ${classEdges.join(', ')}°`,
      },
      { field: 'steep-slope.max_slope_deg' },
    );
  }
  return [2, 3, 4, 5].slice(edge);
}

/** The larger part of what is not known says why: land beyond the raster is outside its coverage, a cell without a value is no data. */
function unknownReason(slope: ParcelSlope | null): Reason {
  if (slope === null) return 'no-data';
  return slope.outside_share > 1 - slope.known_share - slope.outside_share ? 'outside-coverage' : 'no-data';
}

interface Row {
  ordinal: number;
  slope: ParcelSlope | null;
}

/** What the raster says of each parcel of the chunk, as the columns the statement takes. */
async function slopes(context: CheckContext, layer: RunLayer | undefined): Promise<Record<string, unknown[]>> {
  const { chunk, db, params } = context;
  const of = new Map<number, ParcelSlope>();
  if (layer?.raster) {
    for (const { ordinal, wkb } of await shapes.all(db, { ...chunkParams(chunk), srid: layer.raster.srid })) {
      const rings = parseWkbRings(wkb);
      const tiles = await tilesUnder(context, layer.layer_id, layer.raster, rings);
      of.set(
        ordinal,
        slopeOfParcel(
          rings,
          layer.raster,
          (row, col) => tiles.get(`${row}/${col}`) ?? null,
          Number(params['max_slope_deg']),
        ),
      );
    }
  }
  const rows: Row[] = ordinalsOf(chunk.first, chunk.last).map((ordinal) => ({
    ordinal,
    slope: of.get(ordinal) ?? null,
  }));
  const rects = rows.flatMap(({ ordinal, slope }) => [
    ...(slope && !slope.all_steep ? slope.steep_rects : []).map((rect) => ({ ordinal, steep: true, ...rect })),
    ...(slope?.unknown_rects ?? []).map((rect) => ({ ordinal, steep: false, ...rect })),
  ]);
  return {
    ordinals: rows.map((r) => r.ordinal),
    unknown_shares: rows.map((r) => (r.slope ? 1 - r.slope.known_share : 1)),
    unknown_reasons: rows.map((r) => (layer ? unknownReason(r.slope) : 'layer-missing')),
    all_steep: rows.map((r) => r.slope?.all_steep ?? false),
    class_shares: rows.map((r) => JSON.stringify(r.slope?.class_share ?? [0, 0, 0, 0, 0])),
    means: rows.map((r) => r.slope?.mean_deg ?? null),
    maxima: rows.map((r) => r.slope?.max_deg ?? null),
    rect_ordinals: rects.map((r) => r.ordinal),
    rect_steep: rects.map((r) => r.steep),
    x0: rects.map((r) => r.x0),
    y0: rects.map((r) => r.y0),
    x1: rects.map((r) => r.x1),
    y1: rects.map((r) => r.y1),
  };
}

/** The tiles of the raster under a parcel, by "row/col". */
async function tilesUnder(
  context: CheckContext,
  layerId: string,
  grid: RasterGrid,
  rings: Float64Array[],
): Promise<Map<string, Float32Array>> {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      west = Math.min(west, ring[i] as number);
      east = Math.max(east, ring[i] as number);
      south = Math.min(south, ring[i + 1] as number);
      north = Math.max(north, ring[i + 1] as number);
    }
  }
  const tile = (cell: number, cells: number) => Math.floor(Math.min(Math.max(cell, 0), cells - 1) / grid.tile_size);
  const cols = [
    tile((west - grid.origin_x) / grid.cell_x, grid.width),
    tile((east - grid.origin_x) / grid.cell_x, grid.width),
  ] as const;
  const rows = [
    tile((grid.origin_y - north) / grid.cell_y, grid.height),
    tile((grid.origin_y - south) / grid.cell_y, grid.height),
  ] as const;
  const tiles = new Map<string, Float32Array>();
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let col = cols[0]; col <= cols[1]; col++) {
      const data = await context.readTile(layerId, row, col);
      if (data) tiles.set(`${row}/${col}`, data);
    }
  }
  return tiles;
}
