/**
 * Tiles cut from a georeferenced picture on the server, an orthophoto for one: a cloud optimized GeoTIFF, of which each tile reads a few
 * blocks of the overview that is about as fine as the screen. The file is named by whoever runs the service, so it is read by the kept
 * library; what people upload is not (server/terrain).
 */
import { fromFile, type GeoTIFF, type GeoTIFFImage } from 'geotiff';
import { systemOf } from '../domain/crs.ts';
import { boxOfPlaces, eachPixel, type PlacedGrid, pixels, placesOf } from './places.ts';
import { encodeRgba } from './png.ts';

import type { TileAddress } from './tile-grid.ts';

/** cells of one tile: without overviews a tile from far off would read the whole file */
const mostCells = 4_000_000;

interface Level {
  image: GeoTIFFImage;
  width: number;
  height: number;
  /** cells of the finest level to one of this */
  scale: number;
}

export class Imagery {
  readonly #file: GeoTIFF;
  readonly #grid: PlacedGrid;
  readonly #levels: Level[];
  readonly #noData: number | null;

  private constructor(file: GeoTIFF, grid: PlacedGrid, levels: Level[]) {
    this.#file = file;
    this.#grid = grid;
    this.#levels = levels;
    this.#noData = levels[0]!.image.getGDALNoData();
  }

  /** @throws Error, in words, where the file is missing, is no GeoTIFF, has not 8 bits a band, or is in a system that this service does not take */
  static async open(path: string): Promise<Imagery> {
    const file = await fromFile(path).catch((cause: unknown) => {
      throw new Error(`the GeoTIFF ${path} of BASEMAPS cannot be read`, { cause });
    });
    const first = await file.getImage(0);
    const keys = first.getGeoKeys();
    const epsg = keys?.ProjectedCSTypeGeoKey ?? keys?.GeographicTypeGeoKey ?? 0;
    if (systemOf(epsg) === undefined)
      throw new Error(`the GeoTIFF ${path} of BASEMAPS must be in CGCS2000, WGS 84 or EPSG:3857, not EPSG:${epsg}`);
    // what is deeper is stretched by whoever knows how: bytes cut off it would be colours of nothing
    const bits = first.getBitsPerSample();
    if (bits !== 8) throw new Error(`the GeoTIFF ${path} of BASEMAPS must have 8 bits a band, not ${bits}`);
    const [x, y] = first.getOrigin();
    const [cellX, cellY] = first.getResolution();
    const width = first.getWidth();
    const levels: Level[] = [];
    for (let n = 0; n < (await file.getImageCount()); n++) {
      const image = await file.getImage(n);
      // masks lie between the overviews
      if ((Number(image.fileDirectory.getValue('NewSubfileType') ?? 0) & 4) !== 0) continue;
      levels.push({ image, width: image.getWidth(), height: image.getHeight(), scale: width / image.getWidth() });
    }
    levels.sort((a, b) => a.scale - b.scale);
    const grid = { origin_x: x!, origin_y: y!, cell_x: cellX!, cell_y: -cellY!, srid: epsg };
    return new Imagery(file, grid, levels);
  }

  /** @returns PNG of 256 × 256, clear where the picture ends; null where nothing of it lies, or too much of it does */
  async png(tile: TileAddress): Promise<Uint8Array | null> {
    const places = placesOf(this.#grid, tile);
    const box = boxOfPlaces(places);
    // the coarsest whose cells are no larger than the pixels
    const cells = Math.max(box[2] - box[0], box[3] - box[1]) / pixels;
    const level = this.#levels.findLast(({ scale }) => scale <= cells) ?? this.#levels[0]!;
    const { scale, width, height, image } = level;
    const window = [
      Math.max(0, Math.floor(box[0] / scale)),
      Math.max(0, Math.floor(box[1] / scale)),
      Math.min(width, Math.ceil(box[2] / scale)),
      Math.min(height, Math.ceil(box[3] / scale)),
    ] as const;
    const [across, down] = [window[2] - window[0], window[3] - window[1]];
    if (!(across > 0 && down > 0) || across * down > mostCells) return null;
    const colours = (await image.readRGB({ window: [...window], interleave: true, enableAlpha: true })) as Uint8Array;
    const samples = colours.length / (across * down);
    const out = new Uint8Array(4 * pixels * pixels);
    eachPixel(places, (pixel, x, y) => {
      const [col, row] = [Math.floor(x / scale) - window[0], Math.floor(y / scale) - window[1]];
      if (!(x >= 0 && y >= 0 && col < across && row < down)) return;
      const from = (row * across + col) * samples;
      const rgb = colours.subarray(from, from + 3);
      const clear = this.#noData !== null && rgb.every((value) => value === this.#noData);
      out.set(rgb, 4 * pixel);
      out[4 * pixel + 3] = clear ? 0 : samples > 3 ? colours[from + 3]! : 255;
    });
    return encodeRgba(pixels, pixels, out);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
