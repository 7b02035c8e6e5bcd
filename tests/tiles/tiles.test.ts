/** Vector tiles through the API, read by mapbox/vector-tile: what lies where, what is counted, what may be kept. */
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PointIndex } from '../../server/tiles/point-index.ts';
import { mostOneTile, tilesOf } from '../../server/tiles/tiles.ts';
import { encodeTile, type TileFeature } from '../../server/tiles/vector-tile.ts';
import { plots, redLine } from '../http/county.ts';
import { type Service, startService, upload } from '../http/service.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { seeded } from '../support/seeded.ts';
import { filteredTiles } from './filtered-tiles.ts';

/** The tile of a place, by the formula of OGC 17-083r4 in another form: y by the inverse Gudermannian through tan and secant. */
function tileAt(lon: number, lat: number, z: number) {
  const phi = (lat * Math.PI) / 180;
  const x = ((lon + 180) / 360) * 2 ** z;
  const y = ((1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2) * 2 ** z;
  return { z, col: Math.floor(x), row: Math.floor(y), within: [(x % 1) * 4096, (y % 1) * 4096] as const };
}

const decode = (bytes: Buffer) => new VectorTile(new PbfReader(bytes)).layers;
/** 40 × 100 plots of 0.001°, 0.002° apart from 108.8° E, 28.8° N */
const count = 4000;

const bytesOf = new Map<string, Buffer>();

eachDatabase('the tiles of a run and of a layer', (open, kind) => {
  let service: Service;
  let run: string;
  let layer: string;
  beforeAll(async () => {
    service = await startService(await open());
    const received = async (url: string, data: string, fields: Record<string, string> = {}) => {
      const accepted = (await upload(service, url, { name: 'x.geojson', data }, fields)).json();
      expect((await jobIn(service.database, accepted.job_id)).state).toBe('succeeded');
      return accepted;
    };
    const { parcel_set_id } = await received('/parcel-sets', plots(count));
    layer = (await received('/layers', redLine, { type: 'eco-red-line' })).layer_id;
    const payload = { parcel_set_ids: [parcel_set_id] };
    const started = (await service.app.inject({ method: 'POST', url: '/api/v1/runs', payload })).json();
    run = started.run_id;
    expect((await jobIn(service.database, started.job_id)).state).toBe('succeeded');
  });
  afterAll(() => service.close());

  const get = (url: string, headers: Record<string, string> = {}) =>
    service.app.inject({ url: `/ogc/collections/${url}`, headers });
  const tileset = async (id: string) => (await get(`${id}/tiles/WebMercatorQuad`)).json();
  const tile = async (id: string, { z, row, col }: { z: number; row: number; col: number }) => {
    const answer = await get(`${id}/tiles/WebMercatorQuad/${z}/${row}/${col}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/vnd.mapbox-vector-tile');
    return answer.rawPayload;
  };

  it('say from which zoom on parcels are drawn singly, and where they lie', async () => {
    const set = await tileset(run);
    const single = Number(set.layers.find(({ id }: { id: string }) => id === 'parcels').minTileMatrix);
    // 4,000 plots in 0.2° by 0.08°: a tile of zoom 11 is 0.176° wide and cannot hold all of them; one of zoom 10 may
    expect(single).toBeGreaterThan(9);
    expect(single).toBeLessThan(13);
    expect(set.boundingBox.lowerLeft).toEqual([expect.closeTo(108.8, 9), expect.closeTo(28.8, 9)]);
    expect(set.boundingBox.upperRight).toEqual([expect.closeTo(108.999, 9), expect.closeTo(28.879, 9)]);
    expect(set.links[0].href).toContain(
      `/ogc/collections/${run}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}`,
    );
  });

  it('of the newest run need nothing read by whoever looks first after a start', async () => {
    let answers = 0;
    const db = service.database.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        answers++;
        return result;
      },
    });
    await tilesOf(db).indexNewestRun();
    expect(answers).toBeGreaterThan(1);
    answers = 0;
    const region_code = (await service.app.inject(`/api/v1/runs/${run}`)).json().region_code;
    const single = await tilesOf(db).singlyFrom({ region_code, run_id: run });
    expect([single > 9, answers]).toEqual([true, 0]);
  });

  it('hold each parcel where it lies, with its verdict and what it fails', async () => {
    const at = tileAt(108.8005, 28.8005, 15);
    const { parcels } = decode(await tile(run, at));
    const found = Array.from({ length: parcels!.length }, (_, n) => parcels!.feature(n)).find(
      (f) => f.properties['parcel_id'] === 'P1',
    )!;
    expect(found.properties).toMatchObject({ verdict: 'non_compliant', township: '钟多街道', ordinal: 1 });
    expect(String(found.properties['fails']).split(' ')).toContain('eco-red-line');
    expect(found.properties['area_m2']).toBeGreaterThan(10_000);
    // its south-west corner, to a unit of the tile
    const corner = tileAt(108.8, 28.8, 15);
    const west = Math.min(
      ...found
        .loadGeometry()
        .flat()
        .map(({ x }) => x),
    );
    const south = Math.max(
      ...found
        .loadGeometry()
        .flat()
        .map(({ y }) => y),
    );
    expect(Math.abs(west + 4096 * (at.col - corner.col) - corner.within[0])).toBeLessThanOrEqual(1);
    expect(Math.abs(south + 4096 * (at.row - corner.row) - corner.within[1])).toBeLessThanOrEqual(1);
  });

  it('leave no parcel out: singly all of them, and counted in cells below', async () => {
    const { layers } = await tileset(run);
    const single = Number(layers.find(({ id }: { id: string }) => id === 'parcels').minTileMatrix);
    const seen = new Set<number>();
    const [first, last] = [tileAt(108.8, 28.879, single), tileAt(108.999, 28.8, single)];
    for (let row = first.row; row <= last.row; row++)
      for (let col = first.col; col <= last.col; col++) {
        const { parcels } = decode(await tile(run, { z: single, row, col }));
        for (let n = 0; n < (parcels?.length ?? 0); n++) seen.add(parcels!.feature(n).id!);
      }
    expect(seen.size).toBe(count);
    for (const z of [0, 5, single - 1]) {
      const sums = { count: 0, compliant: 0, non_compliant: 0, undetermined: 0 };
      const [a, b] = [tileAt(108.8, 28.879, z), tileAt(108.999, 28.8, z)];
      for (let row = a.row; row <= b.row; row++)
        for (let col = a.col; col <= b.col; col++) {
          const { cells, parcels } = decode(await tile(run, { z, row, col }));
          expect(parcels).toBeUndefined();
          for (let n = 0; n < (cells?.length ?? 0); n++)
            for (const name of Object.keys(sums) as (keyof typeof sums)[])
              sums[name] += Number(cells!.feature(n).properties[name]);
        }
      // two plots lie in the red line; of the others no land use is known
      expect(sums).toEqual({ count, compliant: 0, non_compliant: 2, undetermined: count - 2 });
    }
  });

  it('hold the polygons of a layer with their names', async () => {
    const { features } = decode(await tile(layer, tileAt(108.8005, 28.8005, 14)));
    const names = Array.from({ length: features!.length }, (_, n) => features!.feature(n).properties['name']);
    expect(names.sort()).toEqual(['红线乙', '红线甲']);
  });

  it('are the same bytes on both databases', async () => {
    for (const at of [tileAt(108.82, 28.82, 14), tileAt(108.9, 28.84, 8)]) {
      const name = `${at.z}/${at.row}/${at.col}`;
      const bytes = await tile(run, at);
      expect(bytes.length).toBeGreaterThan(100);
      const other = bytesOf.get(name);
      if (other !== undefined) expect(bytes.equals(other), `${name} on ${kind}`).toBe(true);
      bytesOf.set(name, bytes);
    }
  });

  it('are kept by a browser for good under the version of the tile set, and asked for again by their tag without', async () => {
    const { z, row, col } = tileAt(108.8005, 28.8005, 15);
    const { version } = await tileset(run);
    const url = `${run}/tiles/WebMercatorQuad/${z}/${row}/${col}`;
    const lasting = await get(`${url}?v=${version}`);
    expect(lasting.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    const plain = await get(url);
    expect(plain.headers['cache-control']).toBe('private, no-cache');
    const again = await get(url, { 'if-none-match': String(plain.headers['etag']) });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  });

  filteredTiles(() => ({ service, run, layer, count }));

  it('are empty where nothing lies, and not there where no tile or collection is', async () => {
    expect((await tile(run, tileAt(0, 0, 12))).length).toBe(0);
    const status = async (url: string) => {
      const answer = await get(url);
      return [answer.statusCode, answer.json().code];
    };
    expect(await status(`${run}/tiles/WebMercatorQuad/3/8/0`)).toEqual([404, 'not-found']);
    expect(await status(`${run}/tiles/WebMercatorQuad/23/0/0`)).toEqual([404, 'not-found']);
    expect(await status(`${run}/tiles/WebMercatorQuad/-1/0/0`)).toEqual([404, 'not-found']);
    expect(await status(`${run}/tiles/WebMercatorQuad/1e1/0/0`)).toEqual([404, 'not-found']);
    expect(await status(`${run}/tiles/WorldCRS84Quad/3/0/0`)).toEqual([404, 'not-found']);
    expect(await status(`00000000-0000-4000-8000-000000000000/tiles/WebMercatorQuad/3/0/0`)).toEqual([
      404,
      'not-found',
    ]);
    expect(await status(`nothing/tiles/WebMercatorQuad/3/0/0`)).toEqual([404, 'not-found']);
  });
});

describe('the size of tiles', () => {
  it('stays under 500 kB with 500,000 parcels, 40 vertices each, in the fullest tile of the zoom from which they are drawn singly', async () => {
    const random = seeded(7);
    const all = Array.from({ length: 500_000 }, (_, n) => ({
      ordinal: n + 1,
      // denser towards one corner, as parcels lie in valleys
      lon: 108.3 + 0.9 * random() ** 2,
      lat: 28.4 + 0.9 * random() ** 2,
      kind: n % 3 === 0 ? 'non_compliant' : 'compliant',
      weight: 2000,
    }));
    const page = 50_000;
    const index = await PointIndex.read(async (after) => all.slice(after, after + page));
    const z = index.singlyFrom;
    const byTile = Map.groupBy(all, ({ lon, lat }) => {
      const { col, row } = tileAt(lon, lat, z);
      return `${col}/${row}`;
    });
    const [[name, fullest]] = [...byTile].sort(([, a], [, b]) => b.length - a.length) as [[string, typeof all]];
    expect(fullest.length).toBeLessThanOrEqual(3000);
    const shapes = fullest.map(({ ordinal, lon, lat, kind }): TileFeature => {
      const ring = Array.from({ length: 40 }, (_, k) => {
        const r = 0.0004 * (0.7 + 0.3 * random());
        return [lon + r * Math.cos((k * Math.PI) / 20), lat + r * Math.sin((k * Math.PI) / 20)];
      });
      const properties = {
        ordinal,
        parcel_id: `P${ordinal}`,
        project_code: `50024220${ordinal % 67}`,
        verdict: kind,
        area_m2: 2000 * random(),
        fails: 'eco-red-line steep-slope',
      };
      return { id: ordinal, properties, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] } };
    });
    const [col, row] = name.split('/').map(Number) as [number, number];
    const size = encodeTile('parcels', shapes, { z, col, row }).length;
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(mostOneTile);
    // and all are counted, whatever the zoom
    const { cells } = { cells: index.cells({ z: 0, col: 0, row: 0 }) };
    expect(cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(500_000);
  });
});
