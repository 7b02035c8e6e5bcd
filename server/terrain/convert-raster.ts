/**
 * A GeoTIFF of slope or elevation to tiles of slope, streaming: one row of blocks, three rows and two bands of tiles are
 * in memory, whatever the size of the raster. Runs in a child process (read-raster.ts starts it).
 */
import { type CoordinateSystem, systemOf } from '../domain/crs.ts';
import { openByteSource } from './byte-source.ts';
import { readGeoKeys } from './geokeys.ts';
import { assertInsideSystem, type GridPlace, readGridPlace } from './georeference.ts';
import { checkGeotiffHeader } from './geotiff-header.ts';
import { type CellMetres, hornRow, metresPerDegree, metresPerMercatorUnit } from './horn.ts';
import { decideRasterCrs } from './raster-crs.ts';
import type { RasterLimits } from './raster-limits.ts';
import { type RasterKind, readMeaning } from './raster-meaning.ts';
import type { RasterReport } from './raster-report.ts';
import { rasterRows } from './raster-rows.ts';
import { SlopeTiler } from './slope-tiler.ts';
import { createTileSpool, TILE_SIZE } from './tile-spool.ts';
import { ValueCheck } from './value-check.ts';
import { ViewTiler } from './view-tiler.ts';

export interface RasterJob {
  path: string;
  kind: RasterKind;
  srid?: number;
  /** written new; must not exist */
  spool: string;
  limits: RasterLimits;
}

/**
 * @param beat called after every block with the share read
 * @throws AppError: every code of THREATS T15 and T16; the spool is then of no use
 */
export async function convertRaster(job: RasterJob, beat: (share: number) => void): Promise<RasterReport> {
  const source = await openByteSource(job.path);
  try {
    const header = await checkGeotiffHeader(source, job.limits);
    const meaning = await readMeaning(source, header, job.kind);
    const keys = await readGeoKeys(source, header);
    const place = await readGridPlace(source, header, keys);
    const { srid, ...crs } = decideRasterCrs(keys, job.kind, job.srid);
    const { layout } = header;
    const { width, height } = layout;
    const system = systemOf(srid)!;
    assertInsideSystem(place, width, height, system);

    const rows = rasterRows({ source, layout, meaning, southUp: place.southUp, beat });
    const check = new ValueCheck(job.kind, meaning);
    const spool = await createTileSpool(job.spool);
    const tiler = new SlopeTiler(width, spool);
    const views = new ViewTiler(width, height, spool);
    const push: Push = async (row, shade) => {
      await tiler.push(row);
      await views.push(row, shade);
    };
    const metres = (row: number) => cellMetres(place, row, system);
    try {
      if (job.kind === 'slope') await copySlopes(rows, check, push, width);
      else await slopesOfDem(rows, check, push, width, metres);
      await tiler.finish();
      await views.finish();
      await spool.finish();
    } finally {
      await spool.close();
    }
    const middle = metres(Math.floor(height / 2));
    return {
      srid,
      width,
      height,
      origin_x: place.origin_x,
      origin_y: place.origin_y,
      cell_x: place.cell_x,
      cell_y: place.cell_y,
      tile_size: TILE_SIZE,
      kind: job.kind,
      cell_m: Math.max(middle.dx, middle.dy),
      valid_cells: tiler.valid,
      nodata_cells: tiler.missing,
      max_slope_deg: tiler.max,
      warnings: check.finish(tiler.valid),
      crs,
      spool: job.spool,
    };
  } finally {
    await source.close();
  }
}

/** Metres on the ground of a cell in this row: by latitude where the grid is in degrees or Web Mercator. */
export function cellMetres(place: GridPlace, row: number, system: CoordinateSystem): CellMetres {
  const y = place.origin_y - (row + 0.5) * place.cell_y;
  if (system.kind === 'geographic') {
    const { lat, lon } = metresPerDegree(y);
    return { dx: place.cell_x * lon, dy: place.cell_y * lat };
  }
  if (system.kind === 'web-mercator') {
    const unit = metresPerMercatorUnit(y);
    return { dx: place.cell_x * unit.x, dy: place.cell_y * unit.y };
  }
  // a Gauss–Krüger plane is 0.02 % off the ground at the county's edge (DOMAIN §1.7): 0.005° at a slope of 25°
  return { dx: place.cell_x, dy: place.cell_y };
}

/** The next row to the south, with its shades where there are any. */
type Push = (slopes: Float32Array, shades?: Uint8Array) => Promise<void>;

async function copySlopes(rows: AsyncIterable<Float64Array>, check: ValueCheck, push: Push, width: number) {
  const out = new Float32Array(width);
  for await (const row of rows) {
    check.row(row);
    out.set(row);
    await push(out);
  }
}

async function slopesOfDem(
  rows: AsyncIterable<Float64Array>,
  check: ValueCheck,
  push: Push,
  width: number,
  metres: (row: number) => CellMetres,
) {
  // beyond the border there is nothing: what stands above the first row must be missing, not 0
  let north = new Float64Array(width).fill(Number.NaN);
  let centre = new Float64Array(width).fill(Number.NaN);
  let south = new Float64Array(width);
  const slopes = new Float32Array(width);
  const shades = new Uint8Array(width);
  let count = 0;
  const slopesOfRow = (row: number) => {
    hornRow(north, centre, south, metres(row), slopes, shades);
    return push(slopes, shades);
  };
  for await (const row of rows) {
    check.row(row);
    south.set(row);
    if (count > 0) await slopesOfRow(count - 1);
    [north, centre, south] = [centre, south, north];
    count++;
  }
  south.fill(Number.NaN);
  if (count > 0) await slopesOfRow(count - 1);
}
