/**
 * A server of recorded answers for the page: loopback, a port of the system's choice, the built page at `/`. It stands in
 * for the API only while the page is looked at by itself; the same tests run on the real one by `ZHANBU_BASE_URL`.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { makeParcels, regionCode, summaryOf } from './fixture-county.ts';
import { checks, layerTypes } from './fixture-registry.ts';
import { makeShapes } from './fixture-shapes.ts';
import { layerTiles, parcelTiles, pictureBytes, picturesOf, tileBytes, tilesetOf } from './fixture-tiles.ts';
import { detailOf, facetsOf, matching, type Row } from './fixture-verdicts.ts';

/** What is served at `/`, unless a test says otherwise. */
export const builtPage = join(import.meta.dirname, '../../web-map/dist');

/** As strict as the page can bear: no inline script or style, nothing from elsewhere. */
export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `cells`: as if its parcels were too many to be drawn singly from afar */
export type Scenario = 'county' | 'cells' | 'empty' | 'broken' | 'running' | 'slow' | 'failed';

export interface FixtureServer {
  url: string;
  scenario: Scenario;
  /** method and address of each request, in order */
  asked: string[];
  close: () => Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const layers = [
  ['county', 'boundary', null, '演示县界'],
  ['towns', 'township', null, '演示乡镇'],
  ['red-old', 'eco-red-line', null, '红线旧版'],
  ['red', 'eco-red-line', null, '生态保护红线（演示）'],
  ['landuse', 'land-use', 2023, '变更调查2023（演示）'],
  ['slope', 'slope', null, '坡度栅格'],
  ['landuse-2019', 'land-use', 2019, '变更调查2019（演示）'],
].map(([layer_id, type, year, name], i) => ({
  layer_id,
  region_code: regionCode,
  type,
  year,
  name,
  created_at: `2024-01-0${i + 1}T00:00:00.000Z`,
}));

/** the defaults, but for one parameter that this run set otherwise */
const runParams = Object.fromEntries(
  checks.map(({ id, params }) => {
    const values = Object.fromEntries(Object.entries(params).map(([key, { default: value }]) => [key, value]));
    return [id, id === 'eco-red-line' ? { ...values, min_area_m2: 25 } : values];
  }),
);

export async function startFixtureServer(
  scenario: Scenario = 'county',
  pageFolder = builtPage,
): Promise<FixtureServer> {
  const parcels: Row[] = makeParcels().map((parcel, i) => ({ id: i + 1, ...parcel }));
  const shapes = makeShapes();
  const summary = summaryOf(parcels);
  let polls = 0;

  function run(id: string): Record<string, unknown> {
    const common = {
      run_id: id,
      region_code: regionCode,
      layer_ids: ['county', 'towns', 'red', 'landuse', 'slope', 'landuse-2019'],
      job_id: 'job',
      parcel_set_ids: ['set-1'],
      params: runParams,
    };
    if (id === 'run-2') {
      const done = self.scenario !== 'running' || polls > 3;
      const state = self.scenario === 'failed' ? 'failed' : done ? 'succeeded' : 'running';
      return {
        ...common,
        state,
        progress: done ? 1 : 0.25 * (polls + 1),
        created_at: '2024-03-05T08:30:00.000Z',
        parcel_count: parcels.length,
        summary: state === 'succeeded' ? summary : null,
        ...(state === 'failed'
          ? { problem: problem(500, 'engine-trap', '数据库引擎出错，这一批次没有算完；请重新核查。') }
          : {}),
      };
    }
    const few = parcels.slice(0, 3);
    return {
      ...common,
      state: 'succeeded',
      progress: 1,
      created_at: '2024-02-01T01:00:00.000Z',
      parcel_count: 3,
      summary: summaryOf(few),
    };
  }

  function problem(status: number, code: string, detail: string) {
    return { type: `urn:zhanbu:${code}`, title: '服务忙', status, code, detail, request_id: 'req-00ab12' };
  }

  function api(path: string, query: URLSearchParams): [status: number, body: unknown] {
    const list = (items: unknown[]) => ({ items, next_cursor: null, number_matched: items.length });
    /** two pages at least, so that paging is walked */
    const features = (all: unknown[]) => {
      const from = Number(query.get('cursor') ?? 0);
      const to = Math.min(all.length, from + Math.min(25, Number(query.get('limit') ?? 100)));
      const next_cursor = to < all.length ? String(to) : null;
      return { type: 'FeatureCollection', features: all.slice(from, to), next_cursor, number_matched: all.length };
    };
    const [resource, id, part, parcelId] = path.split('/').map(decodeURIComponent);
    if (resource === 'config') return [200, { basemaps: [] }];
    if (resource === 'checks') return [200, list(checks)];
    if (resource === 'layer-types') return [200, list(layerTypes)];
    if (self.scenario === 'broken') return [503, problem(503, 'busy', '数据库正在启动，请一分钟后重试。')];
    if (resource === 'runs' && !id) return [200, list(self.scenario === 'empty' ? [] : [run('run-1'), run('run-2')])];
    if (resource === 'runs' && (id === 'run-1' || id === 'run-2')) {
      const rows = id === 'run-2' ? parcels : parcels.slice(0, 3);
      if (part === 'facets') return [200, facetsOf(rows, query)];
      if (part === 'verdicts' && parcelId === undefined) return [200, features(matching(rows, query))];
      if (part === 'verdicts') {
        const place = query.get('ordinal');
        const found = rows.find(
          (row) => row.properties.parcel_id === parcelId && (place === null || row.id === Number(place)),
        );
        return found ? [200, detailOf(found)] : [404, problem(404, 'not-found', '没有这个地块。')];
      }
      if (id === 'run-2') polls += 1;
      return [200, run(id)];
    }
    if (resource === 'layers' && part === 'features') return [200, features(shapes[id!] ?? [])];
    if (resource === 'layers' && !id) return [200, list(query.get('region_code') === regionCode ? layers : [])];
    return [404, problem(404, 'not-found', '没有这个资源。')];
  }

  /** A tileset, or one tile of it: of a run or a layer. */
  async function tiles(path: string, query: URLSearchParams): Promise<object | Uint8Array | null> {
    const [id = '', , , z, row, col] = path.split('/').map(decodeURIComponent);
    const isRun = id === 'run-1' || id === 'run-2';
    if (!isRun && !shapes[id]) return null;
    const layer = isRun ? 'parcels' : 'features';
    const rows = id === 'run-2' ? parcels : parcels.slice(0, 3);
    const things = isRun ? parcelTiles(matching(rows, query)) : layerTiles(shapes[id]!);
    const singlyFrom = isRun && self.scenario === 'cells' ? 12 : 0;
    if (z === undefined) return tilesetOf(id, layer, things, singlyFrom);
    return tileBytes(layer, things, singlyFrom, { z: Number(z), row: Number(row), col: Number(col) });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fixture');
    self.asked.push(`${request.method} ${url.pathname}${url.search}`);
    if (url.pathname === '/api/v1/jobs/job/events') {
      // a line that ends after a word, so that the run itself is asked again
      const events = `retry: 60000\n\nevent: progress\ndata: {"progress":${0.25 * polls}}\n\nevent: end\ndata: {}\n\n`;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      setTimeout(() => response.end(events), 700);
      return;
    }
    if (url.pathname.startsWith('/api/v1/')) {
      if (self.scenario === 'slow') await new Promise((resolve) => setTimeout(resolve, 3_000));
      const [status, body] = api(url.pathname.slice('/api/v1/'.length), url.searchParams);
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'content-type': type, 'x-request-id': 'req-00ab12' }).end(JSON.stringify(body));
      return;
    }
    if (/^\/ogc\/collections\/slope\/(styles\/slope\/)?map\/tiles\//.test(url.pathname)) {
      const over = url.searchParams.get('over');
      const picture = url.pathname.includes('/styles/');
      const body = picture
        ? pictureBytes(over === null ? null : Number(over))
        : JSON.stringify(picturesOf('slope', layerTiles(shapes['county']!)));
      response.writeHead(200, { 'content-type': picture ? 'image/png' : 'application/json' }).end(body);
      return;
    }
    if (url.pathname.startsWith('/ogc/collections/')) {
      const found = await tiles(url.pathname.slice('/ogc/collections/'.length), url.searchParams);
      if (found === null) response.writeHead(404).end();
      else if (found instanceof Uint8Array)
        response.writeHead(200, { 'content-type': 'application/vnd.mapbox-vector-tile' }).end(found);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
      return;
    }
    const file = join(pageFolder, normalize(url.pathname === '/' ? '/index.html' : url.pathname));
    const bytes = file.startsWith(pageFolder) ? await readFile(file).catch(() => null) : null;
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': contentPolicy,
      })
      .end(bytes);
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const self: FixtureServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    scenario,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}
