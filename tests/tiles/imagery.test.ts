/** A basemap that is a file on the server: its tiles beside what gdalwarp makes of the same picture, cell by cell. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostsOf, readBasemaps } from '../../server/domain/basemaps.ts';
import { type Service, startService } from '../http/service.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { gdal, gdalCells } from '../terrain/gdal.ts';

/** 1,400 × 1,100 cells of half a metre in EPSG:4524 */
const [width, height, cell, left, top] = [1400, 1100, 0.5, 36_577_000, 3_192_000];
const half = 20_037_508.342789244;

/** a tile of the web's square, in metres: west, south, east, north */
function boxOf(z: number, col: number, row: number): string[] {
  const side = (2 * half) / 2 ** z;
  const west = -half + col * side;
  const north = half - row * side;
  return [west, north - side, west + side, north].map(String);
}

requirePart('gdal')('a basemap out of a file', () => {
  onDatabase('embedded', 'is cut into tiles', (open) => {
    let folder: string;
    let service: Service;
    const at = (name: string) => join(folder, name);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'zhanbu-imagery-'));
      // a picture in which every stretch has colours of its own, in waves that no block repeats
      for (const [band, wave] of [
        [1, 17],
        [2, 29],
        [3, 41],
      ] as const) {
        const cells = Buffer.alloc(width * height);
        for (let i = 0; i < cells.length; i++) {
          const [row, col] = [Math.floor(i / width), i % width];
          cells[i] = Math.round(128 + 60 * Math.sin(row / wave) + 60 * Math.cos(col / (wave + 5)));
        }
        writeFileSync(at(`${band}.raw`), cells);
        writeFileSync(
          at(`${band}.hdr`),
          `ENVI\nsamples = ${width}\nlines = ${height}\nbands = 1\ndata type = 1\ninterleave = bsq\nbyte order = 0\n`,
        );
      }
      gdal('gdalbuildvrt', '-q', '-separate', at('all.vrt'), at('1.raw'), at('2.raw'), at('3.raw'));
      const corners = [left, top, left + width * cell, top - height * cell].map(String);
      const placed = ['-q', '-a_srs', 'EPSG:4524', '-a_ullr', ...corners, '-colorinterp', 'red,green,blue'];
      gdal('gdal_translate', ...placed, at('all.vrt'), at('plain.tif'));
      const cog = ['-q', '-of', 'COG', '-co', 'BLOCKSIZE=256', at('plain.tif')];
      gdal('gdal_translate', ...cog, at('exact.tif'), '-co', 'COMPRESS=DEFLATE', '-co', 'RESAMPLING=NEAREST');
      gdal('gdal_translate', ...cog, at('photo.tif'), '-co', 'COMPRESS=JPEG', '-co', 'QUALITY=90');
      const basemaps = readBasemaps(
        JSON.stringify(
          ['exact', 'photo'].map((name) => ({
            name,
            cog: at(`${name}.tif`),
            attribution: '县局航片 2023',
            max_zoom: 20,
          })),
        ),
      );
      service = await startService(await open(), { config: { basemaps } });
    }, 120_000);
    afterAll(async () => {
      await service?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const get = (path: string, headers = {}) => service.app.inject({ url: `/ogc/basemaps/${path}`, headers });
    /** the tile that holds the picture's middle */
    async function middle(z: number) {
      const point = `${left + (width * cell) / 2} ${top - (height * cell) / 2}`;
      const { execFileSync } = await import('node:child_process');
      const options = ['-s_srs', 'EPSG:4524', '-t_srs', 'EPSG:3857', '-output_xy'];
      const [x, y] = execFileSync('gdaltransform', options, { input: point, encoding: 'utf8' })
        .trim()
        .split(' ')
        .map(Number);
      const side = (2 * half) / 2 ** z;
      return { z, col: Math.floor((x! + half) / side), row: Math.floor((half - y!) / side) };
    }
    /** red, green, blue and alpha of a picture, as GDAL reads it */
    async function bandsOf(path: string): Promise<Float64Array[]> {
      const bands: Float64Array[] = [];
      for (const band of ['1', '2', '3', '4']) {
        gdal('gdal_translate', '-q', '-b', band, path, `${path}.${band}.tif`);
        bands.push(await gdalCells(`${path}.${band}.tif`));
      }
      return bands;
    }
    /** our tile and gdalwarp's, and how far apart the colours are where both have any */
    async function compared(id: string, name: string, z: number) {
      const tile = await middle(z);
      const answer = await get(`${id}/tiles/WebMercatorQuad/${z}/${tile.row}/${tile.col}`);
      expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
      expect(answer.headers['content-type']).toBe('image/png');
      writeFileSync(at(`${name}-${z}.png`), answer.rawPayload);
      const ours = await bandsOf(at(`${name}-${z}.png`));
      const box = boxOf(z, tile.col, tile.row);
      const warp = [
        '-q',
        '-overwrite',
        '-t_srs',
        'EPSG:3857',
        '-te',
        ...box,
        '-ts',
        '256',
        '256',
        '-r',
        'near',
        '-dstalpha',
        '-et',
        '0',
      ];
      gdal('gdalwarp', ...warp, at(`${name}.tif`), at(`${name}-${z}.tif`));
      const theirs = await bandsOf(at(`${name}-${z}.tif`));
      const apart: number[] = [];
      let covered = 0;
      let alphas = 0;
      for (let i = 0; i < 65_536; i++) {
        if (ours[3]![i] === theirs[3]![i]) alphas++;
        if (ours[3]![i] !== 255 || theirs[3]![i] !== 255) continue;
        covered++;
        apart.push(Math.max(...[0, 1, 2].map((band) => Math.abs(ours[band]![i]! - theirs[band]![i]!))));
      }
      return { covered, alphas, apart };
    }

    it('pixel by pixel as gdalwarp places them, with nothing drawn beyond the picture', async () => {
      // 19: a pixel is 0.26 m, finer than a cell; 16: 2.1 m, from an overview
      for (const [z, leastSame] of [
        [19, 0.995],
        [17, 0.99],
      ] as const) {
        const { covered, alphas, apart } = await compared('1', 'exact', z);
        expect(covered).toBeGreaterThan(20_000);
        expect(alphas / 65_536).toBeGreaterThan(0.995);
        // a pixel whose middle lies on a cell's border may fall either way
        expect(apart.filter((off) => off <= 6).length / apart.length).toBeGreaterThan(leastSame);
      }
    });

    it('as a photo compressed by JPEG, its colours turned back', async () => {
      const { covered, apart } = await compared('2', 'photo', 19);
      expect(covered).toBeGreaterThan(20_000);
      expect(apart.filter((off) => off <= 12).length / apart.length).toBeGreaterThan(0.99);
    });

    it('has nothing elsewhere, and one that has been seen is not sent again', async () => {
      expect((await get('1/tiles/WebMercatorQuad/12/0/0')).statusCode).toBe(204);
      expect((await get('1/tiles/WebMercatorQuad/0/0/0')).statusCode).toBe(200);
      const { col, row } = await middle(18);
      const first = await get(`1/tiles/WebMercatorQuad/18/${row}/${col}`);
      const again = await get(`1/tiles/WebMercatorQuad/18/${row}/${col}`, { 'if-none-match': first.headers.etag });
      expect(again.statusCode).toBe(304);
      const unknown = await get('7/tiles/WebMercatorQuad/3/1/1');
      expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'not-found']);
      expect((await get('1/tiles/WebMercatorQuad/3/9/1')).statusCode).toBe(404);
    });

    it('is offered without its path, opens no host, and a file that is none is told at the start', async () => {
      const { basemaps } = (await service.app.inject({ url: '/api/v1/config' })).json();
      expect(basemaps[0]).toEqual({
        id: '1',
        name: 'exact',
        attribution: '县局航片 2023',
        max_zoom: 20,
        tiles: ['/ogc/basemaps/1/tiles/WebMercatorQuad/{z}/{y}/{x}'],
      });
      expect(hostsOf(service.config.basemaps)).toEqual([]);
      const wrong = readBasemaps(JSON.stringify([{ name: 'x', cog: at('1.raw'), attribution: 'x' }]));
      await expect(startService(service.database, { config: { basemaps: wrong } })).rejects.toThrow(/BASEMAPS/);
      gdal('gdal_translate', '-q', '-a_srs', 'EPSG:2414', at('plain.tif'), at('xian80.tif'));
      const other = readBasemaps(JSON.stringify([{ name: 'x', cog: at('xian80.tif'), attribution: 'x' }]));
      await expect(startService(service.database, { config: { basemaps: other } })).rejects.toThrow(/EPSG:2414/);
      gdal('gdal_translate', '-q', '-ot', 'UInt16', at('plain.tif'), at('deep.tif'));
      const deep = readBasemaps(JSON.stringify([{ name: 'x', cog: at('deep.tif'), attribution: 'x' }]));
      await expect(startService(service.database, { config: { basemaps: deep } })).rejects.toThrow(/8 bits/);
    });
  });
});
