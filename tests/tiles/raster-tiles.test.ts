/** Pictures of rasters through the API: read back by GDAL, and compared cell by cell with what gdaldem makes of the same elevations. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redLine } from '../http/county.ts';
import { type Service, startService, upload } from '../http/service.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { seeded } from '../support/seeded.ts';
import { gdal, gdalCells, hasGdal } from '../terrain/gdal.ts';
import { writeTiff } from '../terrain/tiff-writer.ts';

/** 700 × 500 cells of 10 m in EPSG:4524: rough relief in large waves with a lake in it, and a hole without a value */
const [width, height, cell] = [700, 500, 10];
const [left, top] = [36_577_000, 3_192_000];
const random = seeded(11);
const elevations = Float32Array.from({ length: width * height }, (_, i) => {
  const [row, col] = [Math.floor(i / width), i % width];
  if (row > 200 && row < 240 && col > 300 && col < 350) return -9999;
  if (Math.hypot(row - 260, col - 360) < 9) return 800;
  return 800 + 120 * Math.sin(col / 40) * Math.cos(row / 55) + 60 * Math.sin((row + col) / 17) + 1.5 * random();
});
const dem = writeTiff({
  width,
  height,
  cells: elevations,
  noData: '-9999',
  srid: 4524,
  place: [left, top, cell, cell],
});

const lonOf = (x: number) => x * 360 - 180;
const latOf = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
function tileAt(lon: number, lat: number, z: number) {
  const phi = (lat * Math.PI) / 180;
  const row = Math.floor(((1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2) * 2 ** z);
  return { z, row, col: Math.floor(((lon + 180) / 360) * 2 ** z) };
}
type Tile = ReturnType<typeof tileAt>;
/** the class of a slope by the survey's edges, upper bound included */
const classOf = (slope: number) => [2, 6, 15, 25].filter((edge) => slope > edge).length;

const bytesOf = new Map<string, Buffer>();
const withGdal = it.runIf(hasGdal || process.env['CI'] === 'true');

eachDatabase('the pictures of a raster', (open, kind) => {
  let service: Service;
  let layer: string;
  let folder: string;
  beforeAll(async () => {
    service = await startService(await open());
    folder = mkdtempSync(join(tmpdir(), 'raster-tiles-'));
    layer = await received(dem, 'dem.tif', { type: 'dem' });
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await service.close();
  });

  async function received(data: Buffer | string, name: string, fields: Record<string, string>): Promise<string> {
    const accepted = (await upload(service, '/layers', { name, data }, fields)).json();
    expect((await jobIn(service.database, accepted.job_id)).state).toBe('succeeded');
    return accepted.layer_id;
  }
  const get = (url: string, headers: Record<string, string> = {}) =>
    service.app.inject({ url: `/ogc/collections/${url}`, headers });
  const png = async (id: string, style: string, { z, row, col }: Tile, query = '') => {
    const answer = await get(`${id}/styles/${style}/map/tiles/WebMercatorQuad/${z}/${row}/${col}${query}`);
    expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
    expect(answer.headers['content-type']).toBe('image/png');
    return answer.rawPayload;
  };
  /** palette indexes, as GDAL reads the picture */
  async function indexesOf(bytes: Buffer): Promise<Float64Array> {
    const path = join(folder, `${bytesOf.size}-${Math.random()}.png`);
    writeFileSync(path, bytes);
    return gdalCells(path);
  }
  /** what gdaldem makes of the same file */
  async function gdaldem(what: 'slope' | 'hillshade'): Promise<Float64Array> {
    const [from, to] = [join(folder, 'dem.tif'), join(folder, `${what}-${Math.random()}.tif`)];
    writeFileSync(from, dem);
    gdal('gdaldem', what, from, to, '-q');
    return gdalCells(to);
  }
  /** for some pixels of a tile, the cell that PROJ says they lie in, where that is not within a twentieth of its border */
  function cellsUnder({ z, row, col }: Tile, count: number) {
    const pick = seeded(5);
    const at = Array.from({ length: count }, () => [Math.floor(pick() * 256), Math.floor(pick() * 256)] as const);
    const degrees = at.map(
      ([x, y]) => `${lonOf((col + (x + 0.5) / 256) / 2 ** z)} ${latOf((row + (y + 0.5) / 256) / 2 ** z)}`,
    );
    const options = ['-s_srs', 'EPSG:4490', '-t_srs', 'EPSG:4524', '-output_xy'];
    const plane = execFileSync('gdaltransform', options, { input: degrees.join('\n'), encoding: 'utf8' });
    return plane
      .trim()
      .split('\n')
      .flatMap((line, i) => {
        const [east, north] = line.split(' ').map(Number) as [number, number];
        const [x, y] = [(east - left) / cell, (top - north) / cell];
        const clear = [x, y].every((v) => Math.abs((v % 1) - 0.5) < 0.45);
        if (!clear || x < 0 || y < 0 || x >= width || y >= height) return [];
        return [{ pixel: at[i]![1] * 256 + at[i]![0], cell: Math.floor(y) * width + Math.floor(x) }];
      });
  }
  // near its middle; of zoom 16, 0.54 km wide, so that all 54 × 54 cells are looked at: of 15 it would be every other
  const near = tileAt(108.8246, 28.819, 16);

  withGdal('show the class of each cell’s slope, and what has none as that', async () => {
    const slopes = await gdaldem('slope');
    const shown = await indexesOf(await png(layer, 'slope', near));
    const cells = cellsUnder(near, 4000);
    const seen = new Set<number>();
    expect(cells.length).toBeGreaterThan(2500);
    for (const { pixel, cell } of cells) {
      const slope = slopes[cell]!;
      const index = shown[pixel]!;
      if (slope < 0) expect([1, 2]).toContain(index);
      else if ([2, 6, 15, 25].every((edge) => Math.abs(slope - edge) > 0.001)) {
        const steep = classOf(slope) === 4;
        expect(steep ? [7, 8] : [3 + classOf(slope)], `slope ${slope}`).toContain(index);
        seen.add(classOf(slope));
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
    // hatched, so that colour is not the only sign: a quarter of it are strokes
    const count = (at: number) => shown.filter((index) => index === at).length;
    expect(count(8) / (count(7) + count(8))).toBeCloseTo(0.25, 1);
  });

  withGdal('show what is steeper than a limit and nothing else', async () => {
    const slopes = await gdaldem('slope');
    const shown = await indexesOf(await png(layer, 'slope', near, '?over=20.3'));
    for (const { pixel, cell } of cellsUnder(near, 1000)) {
      const slope = slopes[cell]!;
      if (slope >= 0 && Math.abs(slope - 20.3) > 0.001) expect(shown[pixel]! >= 3, `slope ${slope}`).toBe(slope > 20.3);
    }
  });

  withGdal('show the shade of each cell as gdaldem has it', async () => {
    const shades = await gdaldem('hillshade');
    const shown = await indexesOf(await png(layer, 'hillshade', near));
    let most = 0;
    for (const { pixel, cell } of cellsUnder(near, 2000)) {
      if (shades[cell] === 0) expect([1, 2]).toContain(shown[pixel]);
      else most = Math.max(most, Math.abs(Math.max(3, shades[cell]!) - shown[pixel]!));
    }
    expect(most).toBeLessThanOrEqual(1);
  });

  withGdal('show every other cell from further off, and the shares of the classes stay', async () => {
    const slopes = [...(await gdaldem('slope'))].filter((slope) => slope >= 0);
    const far = tileAt(108.8246, 28.819, 11);
    const shown = [...(await indexesOf(await png(layer, 'slope', far)))].filter((index) => index >= 3);
    expect(shown.length).toBeGreaterThan(5000);
    for (const of of [0, 1, 2, 3, 4]) {
      const share = slopes.filter((slope) => classOf(slope) === of).length / slopes.length;
      const drawn = shown.filter((index) => Math.min(index - 3, 4) === of).length / shown.length;
      expect(Math.abs(drawn - share), `class ${of}`).toBeLessThan(0.025);
    }
  });

  it('are the same bytes on both databases', async () => {
    for (const [style, z] of [
      ['slope', 15],
      ['slope', 11],
      ['hillshade', 13],
    ] as const) {
      const bytes = await png(layer, style, tileAt(108.8246, 28.819, z));
      const name = `${style}/${z}`;
      const other = bytesOf.get(name);
      if (other) expect(bytes.equals(other), `${name} on ${kind}`).toBe(true);
      else bytesOf.set(name, bytes);
    }
  });

  it('say where they lie, in which styles and from which zoom on, and may be kept under their version', async () => {
    const set = (await get(`${layer}/map/tiles/WebMercatorQuad`)).json();
    expect(set.links.map(({ style }: { style: string }) => style)).toEqual(['slope', 'hillshade']);
    expect(set.links[0]).toMatchObject({ minTileMatrix: '6', type: 'image/png' });
    // the corners by gdaltransform
    expect(set.boundingBox.lowerLeft).toEqual([expect.closeTo(108.788687515, 8), expect.closeTo(28.796333947, 8)]);
    const { row, col, z } = near;
    const url = `${layer}/styles/slope/map/tiles/WebMercatorQuad/${z}/${row}/${col}`;
    const first = await get(`${url}?v=${set.version}`);
    expect(first.headers['cache-control']).toContain('immutable');
    expect((await get(url)).headers['cache-control']).toContain('no-cache');
    expect((await get(url, { 'if-none-match': first.headers['etag'] as string })).statusCode).toBe(304);
  });

  it('are empty where nothing of the raster lies, and refused with a reason where there can be none', async () => {
    const { z, row, col } = tileAt(110.5, 28.8, 15);
    const answer = await get(`${layer}/styles/slope/map/tiles/WebMercatorQuad/${z}/${row}/${col}`);
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([204, 0]);
    const refused = async (url: string) => {
      const said = await get(url);
      return [said.statusCode, said.json().code, said.json().where?.field];
    };
    const path = 'map/tiles/WebMercatorQuad/15/1/1';
    expect(await refused(`${layer}/styles/aspect/${path}`)).toEqual([404, 'not-found', undefined]);
    expect(await refused(`${layer}/styles/slope/map/tiles/WebMercatorQuad/3/3/6`)).toEqual([404, 'not-found', 'z']);
    expect(await refused(`${layer}/styles/slope/map/tiles/Other/15/1/1`)).toEqual([404, 'not-found', 'tms']);
    expect((await refused(`${layer}/styles/slope/${path}?over=91`))[1]).toBe('validation');
    const vector = await received(redLine, 'r.geojson', { type: 'eco-red-line' });
    expect(await refused(`${vector}/map/tiles/WebMercatorQuad`)).toEqual([400, 'validation', 'id']);
  });

  it('of a raster of slopes have no shade; of one from before there were coarser grids only what is near', async () => {
    const slopes = writeTiff({
      width: 300,
      height: 300,
      srid: 4524,
      place: [left, top, cell, cell],
      cells: Array(90_000).fill(30),
    });
    const other = await received(slopes, 'slope.tif', { type: 'slope' });
    const stylesOf = async (id: string) =>
      (await get(`${id}/map/tiles/WebMercatorQuad`))
        .json()
        .links.map((link: Record<string, string>) => [link['style'], link['minTileMatrix']]);
    expect(await stylesOf(other)).toEqual([['slope', '6']]);
    const third = await received(
      writeTiff({
        width,
        height,
        srid: 4524,
        place: [left, top, cell, cell],
        cells: elevations.map((z) => (z < 0 ? 0 : z / 20)),
      }),
      'old.tif',
      { type: 'slope' },
    );
    await service.database.db.deleteFrom('raster_view').where('layer_id', '=', third).execute();
    const [[style, from]] = await stylesOf(third);
    // 95 cells of 10 m are 0.95 km: tiles of zoom 16 are 0.54 km wide here, those of 15 1.07 km
    expect([style, from]).toEqual(['slope', '16']);
    await png(third, 'slope', tileAt(108.8246, 28.819, 16));
  });
});
