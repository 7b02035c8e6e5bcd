import type { RasterCrs } from './raster-crs.ts';
import type { RasterKind } from './raster-meaning.ts';
import type { RasterWarning } from './refusals.ts';

/** A grid of cells, north-up, in the units of its CRS; row 0 is the northernmost. */
export interface Grid {
  /** upper-left corner of the upper-left cell */
  origin_x: number;
  origin_y: number;
  /** both > 0 */
  cell_x: number;
  cell_y: number;
}

/** What reading a raster gave; stored with the layer. The slopes themselves are in the spool (tile-spool.ts). */
export interface RasterReport extends Grid {
  srid: number;
  width: number;
  height: number;
  /** cells on a side of its tiles */
  tile_size: number;
  kind: RasterKind;
  /** the longer side of a cell in metres, at the middle row where the grid is in degrees */
  cell_m: number;
  /** cells with a slope, and without (NoData, and for an elevation model the border too) */
  valid_cells: number;
  nodata_cells: number;
  /** 0 where no cell has a slope */
  max_slope_deg: number;
  warnings: RasterWarning[];
  crs: Omit<RasterCrs, 'srid'>;
  /** path of the spool; the caller deletes it */
  spool: string;
}
