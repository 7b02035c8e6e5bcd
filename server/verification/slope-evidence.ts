/** What a slope raster says of the parcels of a chunk, and its cells as patches of the ground. */
import type { Kysely } from 'kysely';
import type { RasterGrid, RunLayer } from '../checks/check.ts';
import type { Laid } from '../checks/ground.ts';
import type { Schema } from '../database/schema.ts';
import { systemOf, toLonLat } from '../domain/crs.ts';
import { parseShape, type Shape } from '../overlay/shape.ts';
import { boundsOf, type Ring } from '../terrain/rings.ts';
import { parseWkbRings } from '../terrain/wkb.ts';
import { type ParcelSlope, type Rect, slopeOfParcel } from '../terrain/zonal.ts';
import { Breath } from './breath.ts';
import { otherPatch } from './patches.ts';
import type { RunFacts } from './run-context.ts';
import type { TilePlace, TileReader } from './slope-tiles.ts';

/** Slope of each parcel that has a shape, by ordinal. @param parcels with their shape in the raster's plane */
export async function slopesOf(
  db: Kysely<Schema>,
  { params }: RunFacts,
  layer: RunLayer,
  parcels: readonly { ordinal: number; in_raster: Buffer | null }[],
  readTiles: TileReader,
): Promise<Map<number, ParcelSlope>> {
  const grid = layer.raster!;
  const limit = Number(params['steep-slope']?.['max_slope_deg']);
  const found = new Map<number, ParcelSlope>();
  const breath = new Breath();
  let batch: { ordinal: number; rings: Ring[] }[] = [];
  let places: TilePlace[] = [];
  for (const { ordinal, in_raster } of parcels) {
    if (in_raster === null) continue;
    const rings = parseWkbRings(in_raster);
    batch.push({ ordinal, rings });
    places.push(...tilesUnder(grid, rings));
    if (places.length >= mostPlaces) await measure();
  }
  await measure();
  return found;

  async function measure(): Promise<void> {
    const tiles = await readTiles(db, layer, places);
    for (const { ordinal, rings } of batch) {
      const tileAt = (row: number, col: number) => tiles(row, col) ?? null;
      found.set(ordinal, slopeOfParcel(rings, grid, tileAt, limit));
      await breath.take();
    }
    batch = [];
    places = [];
  }
}

/** Tiles in hand at once, but for those of one parcel: some 16 MB. */
const mostPlaces = 1000;

/** Rows and columns of the raster's tiles under a parcel. */
function tilesUnder(grid: RasterGrid, rings: readonly Ring[]): TilePlace[] {
  const box = boundsOf(rings);
  if (!box) return [];
  const [west, south, east, north] = box;
  const tile = (cell: number, cells: number) => Math.floor(Math.min(Math.max(cell, 0), cells - 1) / grid.tile_size);
  const found: TilePlace[] = [];
  const lastRow = tile((grid.origin_y - south) / grid.cell_y, grid.height);
  const lastCol = tile((east - grid.origin_x) / grid.cell_x, grid.width);
  for (let row = tile((grid.origin_y - north) / grid.cell_y, grid.height); row <= lastRow; row++) {
    for (let col = tile((west - grid.origin_x) / grid.cell_x, grid.width); col <= lastCol; col++)
      found.push([row, col]);
  }
  return found;
}

/** Cells steeper than the limit, and cells without a value, as patches. */
export function laidCells(slope: ParcelSlope, grid: RasterGrid): Laid[] {
  const laid: Laid[] = [];
  if (slope.all_steep) laid.push({ patch: allSteep, shapes: [] });
  else if (slope.steep_rects.length > 0) laid.push({ patch: steepCells, shapes: shapesOf(slope.steep_rects, grid) });
  if (slope.unknown_rects.length > 0) laid.push({ patch: unknownCells, shapes: shapesOf(slope.unknown_rects, grid) });
  return laid;
}

const allSteep = otherPatch('steep-cells', { everywhere: true });
const steepCells = otherPatch('steep-cells');
const unknownCells = otherPatch('unknown-cells');

const shapesOf = (rects: readonly Rect[], grid: RasterGrid): Shape[] =>
  rects.map((rect) => parseShape(inDegrees(rect, grid.srid)));

/** m: edges are straight in the raster's plane and bend in degrees (the official rule: points every 70 m); 1 in degrees is 111,320 m */
const longestEdge = 70;
const segmentOf = (srid: number) => (srid === 4490 ? longestEdge / 111_320 : longestEdge);

/** A rectangle of the raster's plane as WKB in degrees. */
function inDegrees({ x0, y0, x1, y1 }: Rect, srid: number): Buffer {
  const system = systemOf(srid);
  if (!system) throw new Error(`a raster in EPSG:${srid} was taken in`);
  const corners = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
    [x0, y0],
  ] as const;
  const points: [number, number][] = [];
  for (let side = 0; side < 4; side++) {
    const [ax, ay] = corners[side]!;
    const [bx, by] = corners[side + 1]!;
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(bx - ax), Math.abs(by - ay)) / segmentOf(srid)));
    for (let n = 0; n < steps; n++) {
      points.push(toLonLat(ax + ((bx - ax) * n) / steps, ay + ((by - ay) * n) / steps, system));
    }
  }
  points.push(points[0]!);
  const wkb = Buffer.alloc(13 + 16 * points.length);
  wkb[0] = 1;
  wkb.writeUInt32LE(3, 1);
  wkb.writeUInt32LE(1, 5);
  wkb.writeUInt32LE(points.length, 9);
  points.forEach(([lon, lat], n) => {
    wkb.writeDoubleLE(lon, 13 + 16 * n);
    wkb.writeDoubleLE(lat, 21 + 16 * n);
  });
  return wkb;
}
