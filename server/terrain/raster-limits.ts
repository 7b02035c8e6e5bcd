/**
 * How much of a raster is taken on (THREATS T15). Defaults; the caller may pass others, and publishes those in force.
 */
export interface RasterLimits {
  /** width × height: a 5 m elevation model of the county has 4.7e8 cells */
  maxCells: number;
  /** cells of one side: one row and a band of 256 rows are held in memory (200,000 × 256 × 4 bytes = 205 MB) */
  maxSide: number;
  /** pages and overviews; GDAL writes about ten overviews at the most */
  maxImages: number;
  /** one tile or strip, decoded */
  maxBlockBytes: number;
  /** one row of tiles, decoded */
  maxBlockRowBytes: number;
  /** tiles or strips of one image: 1e10 cells in tiles of 256 are 152,588 */
  maxBlocks: number;
  /** a child that says nothing for so long is killed */
  stallSeconds: number;
  /** resident memory at which the child is killed */
  memoryBytes: number;
}

const MB = 1024 * 1024;

export const defaultRasterLimits: RasterLimits = {
  maxCells: 1e10,
  maxSide: 200_000,
  maxImages: 16,
  maxBlockBytes: 64 * MB,
  maxBlockRowBytes: 512 * MB,
  maxBlocks: 4_000_000,
  stallSeconds: 10,
  memoryBytes: 1536 * MB,
};
