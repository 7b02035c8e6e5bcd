/** Tiles asked for are those that are stored, whatever the cache holds: a tile lost between two callers would read as land without slopes. */
import { deflateSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import type { RunLayer } from '../../server/checks/check.ts';
import type { Database } from '../../server/database/connect.ts';
import { type TilePlace, tileReader } from '../../server/verification/slope-tiles.ts';
import { eachDatabase } from '../support/databases.ts';

const region = '996001';
const side = 4;
const layer = {
  layer_id: '00000000-0000-4000-8000-000000000001',
  raster: { tile_size: side },
} as RunLayer;
const slopeAt = (row: number, col: number) => 10 * row + col;
const cellsOf = (across: number, slope: number) => Buffer.from(new Float32Array(across * across).fill(slope).buffer);

eachDatabase('slope tiles of a run', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    for (let row = 0; row < 6; row++) {
      for (let col = 0; col < 6; col++) {
        if (row === 5 && col === 5) continue;
        await database.db
          .insertInto('raster_tile')
          .values({
            region_code: region,
            layer_id: layer.layer_id,
            tile_row: row,
            tile_col: col,
            data: cellsOf(side, slopeAt(row, col)),
          })
          .execute();
      }
    }
  });

  it('reach each of several callers at once, through a cache smaller than what one of them asks for', async () => {
    // three tiles
    const read = tileReader(region, 3 * 4 * side * side);
    const rows = (from: number): TilePlace[] =>
      [from, (from + 1) % 6].flatMap((row) => [0, 1, 2, 3, 4, 5].map((col): TilePlace => [row, col]));
    const callers = [0, 1, 2, 3, 4, 5, 0, 2, 4].map(rows);
    const answers = await Promise.all(callers.map((places) => read(database.db, layer, places)));
    for (const [n, places] of callers.entries()) {
      for (const [row, col] of places) {
        const stored = row === 5 && col === 5 ? undefined : slopeAt(row, col);
        expect(answers[n]!(row, col)?.[0], `${row}/${col}`).toBe(stored);
      }
    }
  });

  it('are asked for again where reading them failed', async () => {
    const read = tileReader(region);
    const broken = { ...layer, raster: { tile_size: 8 } } as RunLayer;
    await expect(read(database.db, broken, [[1, 1]])).rejects.toThrow('64 bytes, not 256');
    expect((await read(database.db, layer, [[1, 1]]))(1, 1)?.[0]).toBe(slopeAt(1, 1));
  });

  it('of layers that earlier versions stored are inflated', async () => {
    const [layer_id, across] = ['00000000-0000-4000-8000-000000000002', 64];
    const old = { layer_id, raster: { tile_size: across } } as RunLayer;
    await database.db
      .insertInto('raster_tile')
      .values({ region_code: region, layer_id, tile_row: 0, tile_col: 0, data: deflateSync(cellsOf(across, 12.5)) })
      .execute();
    const cells = (await tileReader(region)(database.db, old, [[0, 0]]))(0, 0);
    expect([cells?.length, cells?.[0], cells?.at(-1)]).toEqual([4096, 12.5, 12.5]);
  });
});
