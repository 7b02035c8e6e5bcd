/** Slope tiles of a region through a small cache: parcels that lie together ask for the same ones. */
import type { RunLayer } from '../checks/check.ts';
import { type Db, sqlFile } from '../database/sql-file.ts';
import { unpackTile } from '../terrain/read-raster.ts';

const tileRows = sqlFile<{ tile_row: number; tile_col: number; data: Buffer }>('queries/chunk-tiles');

export type TilePlace = readonly [row: number, col: number];
/** undefined where the tile is not stored, which is all NaN */
export type Tiles = (row: number, col: number) => Float32Array | undefined;
export type TileReader = (db: Db, layer: RunLayer, places: readonly TilePlace[]) => Promise<Tiles>;

/**
 * What was not asked for longest goes first. Chunks that are under way together ask for the same tiles: what one of them waits for the
 * others wait for too.
 * @param cacheBytes of tiles as they are unpacked
 */
export function tileReader(regionCode: string, cacheBytes = 32 * 2 ** 20): TileReader {
  const cache = new Map<string, Promise<Float32Array | undefined>>();
  return async (db, layer, places) => {
    const { layer_id, raster } = layer;
    const side = raster!.tile_size;
    const nameOf = ([row, col]: TilePlace) => `${layer_id}/${row}/${col}`;
    const wanted = new Map(places.map((place) => [nameOf(place), place]));
    const missing = [...wanted].filter(([name]) => !cache.has(name)).map(([, place]) => place);
    if (missing.length > 0) {
      const fetched = fetch(missing);
      for (const place of missing) {
        const tile = fetched.then((tiles) => tiles.get(nameOf(place)));
        tile.catch(() => cache.delete(nameOf(place)));
        cache.set(nameOf(place), tile);
      }
    }
    // in hand before anything is waited for: others may put them out of the cache meanwhile
    const inHand = [...wanted.keys()].map((name) => {
      const tile = cache.get(name)!;
      cache.delete(name);
      cache.set(name, tile);
      return [name, tile] as const;
    });
    const most = Math.ceil(cacheBytes / (4 * side * side));
    for (const name of cache.keys()) {
      if (cache.size <= most) break;
      cache.delete(name);
    }
    const found = new Map<string, Float32Array | undefined>();
    for (const [name, tile] of inHand) found.set(name, await tile);
    return (row, col) => found.get(nameOf([row, col]));

    async function fetch(asked: readonly TilePlace[]): Promise<Map<string, Float32Array>> {
      const rows = await tileRows.all(db, {
        region_code: regionCode,
        layer_id,
        tile_row: asked.map(([row]) => row),
        tile_col: asked.map(([, col]) => col),
      });
      return new Map(
        rows.map(({ tile_row, tile_col, data }) => [nameOf([tile_row, tile_col]), unpackTile(data, side)]),
      );
    }
  };
}
