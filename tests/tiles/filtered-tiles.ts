/**
 * What the tiles of a run show when they are asked with the filters of its list. The second method is the list itself: its parcels are put
 * into tiles by their own shapes.
 */
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { expect, it } from 'vitest';
import type { Reviewed } from '../http/reviewing.ts';
import type { Service } from '../http/service.ts';

export interface RunOfPlots {
  service: Service;
  run: string;
  layer: string;
  /** parcels in it: P1 … */
  count: number;
}

const tileOf = (lon: number, lat: number, z: number) => {
  const phi = (lat * Math.PI) / 180;
  const y = (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2;
  return { z, col: Math.floor(((lon + 180) / 360) * 2 ** z), row: Math.floor(y * 2 ** z) };
};
type Address = ReturnType<typeof tileOf>;

const middleOf = ({ geometry }: Reviewed): [number, number] => {
  const ring = geometry!.coordinates.flat(2) as [number, number][];
  const mean = (i: 0 | 1) => (Math.min(...ring.map((at) => at[i])) + Math.max(...ring.map((at) => at[i]))) / 2;
  return [mean(0), mean(1)];
};

/** @param of asked when the tests run */
export function filteredTiles(of: () => RunOfPlots): void {
  const get = (url: string, headers: Record<string, string> = {}) => of().service.app.inject({ url, headers });
  const tile = ({ z, row, col }: Address, query: string, headers = {}) =>
    get(`/ogc/collections/${of().run}/tiles/WebMercatorQuad/${z}/${row}/${col}?${query}`, headers);
  /** @returns the ids of the parcels drawn singly, and what the cells count */
  const read = (bytes: Buffer) => {
    const { parcels, cells } = new VectorTile(new PbfReader(bytes)).layers;
    const all = (layer: typeof parcels) => Array.from({ length: layer?.length ?? 0 }, (_, n) => layer!.feature(n));
    return { ids: all(parcels).map(({ id }) => id!), cells: all(cells).map(({ properties }) => properties) };
  };
  const listed = async (query: string) => {
    const { features } = (await get(`/api/v1/runs/${of().run}/verdicts?limit=10000&${query}`)).json();
    return features as (Reviewed & { id: number })[];
  };

  it.each<[query: string, ids: number | null]>([
    // by hand: the two plots in the red line; P12, P120 … P129 and P1200 … P1299, by project 5002422021nnnn of no more than 1334
    ['state=suspected', 2],
    ['state=confirmed', 0],
    ['verdict=undetermined&state=suspected', 0],
    ['check=eco-red-line&outcome=pass', null],
    [`q=${encodeURIComponent('p12')}`, 111],
    [`township=${encodeURIComponent('钟多街道')}`, 2000],
    [`q=p&township=${encodeURIComponent('桃花源街道')}&area_min=10000`, 2000],
    ['bbox=108.7999,28.7999,108.8031,28.8031', 4],
  ])('hold what the list shows, asked %s', async (query, number) => {
    const list = await listed(query);
    if (number !== null) expect(list.length).toBe(number);
    for (const z of [6, 9, 12, 15]) {
      const byTile = Map.groupBy(list, (parcel) => JSON.stringify(tileOf(...middleOf(parcel), z)));
      // some of each zoom: among them the one at the corner, whatever lies in it
      const corner = JSON.stringify(tileOf(108.8005, 28.8005, z));
      for (const name of [corner, ...[...byTile.keys()].slice(0, 3)]) {
        const expected = byTile.get(name) ?? [];
        const answer = await tile(JSON.parse(name), query);
        expect(answer.statusCode).toBe(200);
        const { ids, cells } = read(answer.rawPayload);
        // a tile shows a little beyond its edge too
        const there = new Set(expected.map(({ id }) => id));
        const all = new Set(list.map(({ id }) => id));
        expect(ids.filter((id) => !all.has(id))).toEqual([]);
        if (cells.length === 0) expect([...there].filter((id) => !ids.includes(id))).toEqual([]);
        else {
          const sum = (key: string) => cells.reduce((total, cell) => total + Number(cell[key]), 0);
          expect(sum('count')).toBe(there.size);
          for (const verdict of ['compliant', 'non_compliant', 'undetermined'])
            expect(sum(verdict)).toBe(expected.filter(({ properties: p }) => p.verdict === verdict).length);
        }
      }
    }
  });

  it('count in cells only what is asked for, where that too is too much to be drawn singly', async () => {
    const query = 'outcome=undetermined';
    const list = await listed(query);
    expect(list.length).toBeGreaterThan(3000);
    const { cells } = read((await tile(tileOf(108.9, 28.84, 8), query)).rawPayload);
    expect(cells.reduce((sum, { count }) => sum + Number(count), 0)).toBe(list.length);
    const some = read((await tile(tileOf(108.9, 28.84, 8), `${query}&verdict=non_compliant`)).rawPayload);
    expect(some.ids.sort()).toEqual([1, 2]);
  });

  it('are those of all where all match, and the tile set tells how the asked are to be had', async () => {
    for (const at of [tileOf(108.82, 28.82, 14), tileOf(108.9, 28.84, 8)])
      expect((await tile(at, 'q=P')).rawPayload.equals((await tile(at, '')).rawPayload)).toBe(true);
    const set = (await get(`/ogc/collections/${of().run}/tiles/WebMercatorQuad?state=suspected&q=p1`)).json();
    expect(set.layers.find(({ id }: { id: string }) => id === 'parcels').minTileMatrix).toBe('0');
    expect(set.links[0].href).toMatch(/\{tileCol\}\?v=2&state=suspected&q=p1$/);
  });

  it('follow each decision at once, and leave alone what it does not touch', async () => {
    const { service, run } = of();
    const post = async (url: string, payload: object, person = '') => {
      const headers = person ? { 'x-person-id': person } : {};
      const answer = await service.app.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers });
      expect(answer.statusCode, answer.body).toBe(201);
      return answer.json();
    };
    const { person_id: person } = await post('/persons', { name: '张三' });
    const decide = async (decision: string, more: object = {}) => {
      const { properties: p } = (await get(`/api/v1/runs/${run}/verdicts/P1`)).json();
      const { parcel_id, project_code, geometry_hash } = p;
      const item = { parcel_id, project_code, geometry_hash, check: 'eco-red-line', decision, reason: '属实', ...more };
      return (await post('/reviews', { run_id: run, items: [item] }, person)).items[0].review_id;
    };
    // both plots, and at the finest zoom each by itself
    const both = tileOf(108.8005, 28.8005, 12);
    const second = tileOf(108.8025, 28.8005, 18);
    const suspected = 'state=suspected&v=2';
    const before = await tile(both, suspected);
    expect(before.headers['cache-control']).toBe('private, no-cache');
    expect(read(before.rawPayload).ids).toEqual([1, 2]);
    const apart = await tile(second, suspected);
    expect(read(apart.rawPayload).ids).toEqual([2]);
    const tagged = (answer: typeof before) => ({ 'if-none-match': String(answer.headers['etag']) });
    expect((await tile(both, suspected, tagged(before))).statusCode).toBe(304);

    const decided = await decide('confirmed');
    const after = await tile(both, suspected, tagged(before));
    expect(after.statusCode).toBe(200);
    expect(read(after.rawPayload).ids).toEqual([2]);
    expect(read((await tile(both, 'state=confirmed')).rawPayload).ids).toEqual([1]);
    expect((await tile(second, suspected, tagged(apart))).statusCode).toBe(304);

    await decide('withdrawn', { expects: decided });
    expect(read((await tile(both, suspected)).rawPayload).ids).toEqual([1, 2]);
    expect((await tile(both, suspected, tagged(before))).statusCode).toBe(304);
    // text and the like never change, and may be kept
    expect((await tile(both, 'q=p1&v=2')).headers['cache-control']).toBe('private, max-age=31536000, immutable');
  });

  it.each(['state=decided', 'check=red-line', 'q=', 'area_min=-1', 'bbox=1,2,3', 'township=%00', 'colour=red'])(
    'refuse %s in the words of the list',
    async (query) => {
      const told = async (url: string) => {
        const answer = await get(url);
        const { request_id: _, ...problem } = answer.json();
        return [answer.statusCode, problem];
      };
      const path = `/ogc/collections/${of().run}/tiles/WebMercatorQuad`;
      const list = await told(`/api/v1/runs/${of().run}/verdicts?${query}`);
      expect(list[0]).toBe(400);
      expect(await told(`${path}/12/3/4?${query}`)).toEqual(list);
      expect(await told(`${path}?${query}`)).toEqual(list);
    },
  );

  it('are filtered of a run alone: a layer says so', async () => {
    const answer = await get(`/ogc/collections/${of().layer}/tiles/WebMercatorQuad/12/3/4?state=suspected`);
    expect([answer.statusCode, answer.json().code, answer.json().where.field]).toEqual([400, 'validation', 'state']);
  });
}
