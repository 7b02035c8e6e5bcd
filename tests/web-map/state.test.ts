import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../../web-map/src/api/client.ts';
import { ApiProblem } from '../../web-map/src/api/problem.ts';
import type { LayerItem, RunItem } from '../../web-map/src/api/types.ts';
import { tileSource } from '../../web-map/src/map/tiles.ts';
import { readAddress, writeAddress } from '../../web-map/src/state/address.ts';
import { layersToOffer } from '../../web-map/src/state/backdrop.ts';
import { noFilters, sorts } from '../../web-map/src/state/filters.ts';
import { firstRun } from '../../web-map/src/state/runs.ts';
import { createWorkspace } from '../../web-map/src/state/workspace.ts';
import { regionCode } from '../browser/fixture-county.ts';
import { type FixtureServer, startFixtureServer } from '../browser/fixture-server.ts';

let server: FixtureServer;
const client = () => createApiClient({ base: `${server.url}api/v1/`, language: () => 'zh-CN' });
beforeAll(async () => {
  server = await startFixtureServer();
});
afterAll(() => server.close());

async function until(happened: () => boolean): Promise<void> {
  for (let i = 0; !happened(); i++) {
    if (i > 400) throw new Error('did not happen in ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('the API client', () => {
  test('asks for a page of verdicts by question and cursor', async () => {
    server.asked.length = 0;
    const first = await client().verdicts('run-2', { verdict: 'compliant' }, null);
    await client().verdicts('run-2', { verdict: 'compliant' }, first.next_cursor);
    expect(server.asked).toEqual([
      'GET /api/v1/runs/run-2/verdicts?verdict=compliant&limit=100',
      'GET /api/v1/runs/run-2/verdicts?verdict=compliant&limit=100&cursor=25',
    ]);
  });

  test('asks for tiles beside the page, under a prefix too', async () => {
    const source = await client().tiles('run-2');
    expect(source.template).toBe(`${server.url}ogc/collections/run-2/tiles/WebMercatorQuad/{z}/{y}/{x}?v=1`);
    expect(source.singlyFrom).toBe(0);
    const tileset = {
      version: '3',
      layers: [
        { id: 'cells', maxTileMatrix: '10' },
        { id: 'parcels', minTileMatrix: '11' },
      ],
      links: [
        {
          rel: 'item',
          templated: true,
          href: '/ogc/collections/r/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?v=3',
        },
      ],
    };
    expect(tileSource(tileset, 'https://county.example/zhanbu/')).toEqual({
      template: 'https://county.example/zhanbu/ogc/collections/r/tiles/WebMercatorQuad/{z}/{y}/{x}?v=3',
      singlyFrom: 11,
      frame: null,
    });
    expect(tileSource({ ...tileset, links: [] }, 'https://county.example/')).toBeNull();
  });

  test('gives a problem in the words of the server, with its request id', async () => {
    const problem = await client()
      .run('no-such-run')
      .catch((thrown: unknown) => thrown);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({
      code: 'not-found',
      status: 404,
      detail: '没有这个资源。',
      requestId: 'req-00ab12',
    });
  });

  test('a server that does not answer, and one that answers something else, are told apart', async () => {
    const closed = createApiClient({ base: 'http://127.0.0.1:1/api/v1/', language: () => 'en' });
    await expect(closed.runs()).rejects.toMatchObject({ code: 'unreachable' });
    const page = createApiClient({ base: server.url, language: () => 'en' });
    await expect(page.run('x')).rejects.toMatchObject({ code: 'not-understood' });
  });
});

/** What an address opens: everything empty but what is given. */
const at = (search = '') => readAddress(search);
const done = ({ parcels }: ReturnType<typeof createWorkspace>) =>
  parcels.first.state.value === 'done' && parcels.count.state.value === 'done';
const idsOf = (workspace: ReturnType<typeof createWorkspace>) =>
  workspace.parcels.rows.value.map((row) => row.properties.parcel_id);

describe('the workspace', () => {
  test('opens the newest finished run, what is flagged in it, and the layers shown at first', async () => {
    const workspace = createWorkspace(client(), at());
    await workspace.start();
    await until(() => done(workspace) && workspace.backdrop.task.state.value === 'done');
    expect(workspace.runs.chosenId.value).toBe('run-2');
    // 21 of the 61 made-up parcels fail a check, 12 lack evidence
    expect(workspace.question.value.filters.verdict).toBe('non_compliant');
    expect(workspace.parcels.matched.value).toBe(21);
    expect(workspace.parcels.facets.value?.verdict).toEqual({ compliant: 28, non_compliant: 21, undetermined: 12 });
    expect([...workspace.backdrop.shown].sort()).toEqual(['county', 'red', 'towns']);
    await until(() => workspace.runTiles.value !== null && workspace.backdrop.tiles.get('red')?.state === 'done');
    expect(workspace.backdrop.tiles.has('landuse')).toBe(false);
  });

  test('a run in which nothing is flagged shows everything', async () => {
    const workspace = createWorkspace(client(), at('?run=run-1'));
    await workspace.start();
    await until(() => done(workspace));
    expect(workspace.question.value.filters.verdict).toBeNull();
    expect(workspace.parcels.matched.value).toBe(3);
  });

  test('never has more of the parcels than was looked at, and goes on where the page ended', async () => {
    server.asked.length = 0;
    const workspace = createWorkspace(client(), at('?verdict=all&sort=upload'));
    await workspace.start();
    await until(() => done(workspace));
    expect(workspace.parcels.rows.value).toHaveLength(25);
    await workspace.parcels.more();
    await workspace.parcels.more();
    expect(workspace.parcels.rows.value).toHaveLength(61);
    expect(workspace.parcels.hasMore.value).toBe(false);
    await workspace.parcels.more();
    const asked = server.asked.filter((request) => request.includes('/verdicts'));
    expect(asked.map((request) => new URLSearchParams(request.split('?')[1]).get('cursor'))).toEqual([
      null,
      '25',
      '50',
    ]);
    expect(new Set(idsOf(workspace)).size).toBe(61);
  });

  test('steps to the next parcel over the border of a page, and back', async () => {
    const workspace = createWorkspace(client(), at('?verdict=all&sort=upload'));
    await workspace.start();
    await until(() => done(workspace));
    workspace.select({ parcel_id: 'D-0024', ordinal: 25 });
    await workspace.step(1);
    expect(workspace.selection.name.value).toMatchObject({ parcel_id: 'D-0025', ordinal: 26 });
    await workspace.step(-1);
    expect(workspace.selection.name.value).toMatchObject({ parcel_id: 'D-0024' });
  });

  test('asks anew when the question changes, and shows what the last question matches', async () => {
    const workspace = createWorkspace(client(), at());
    await workspace.start();
    await until(() => done(workspace));
    workspace.ask({ check: 'eco-red-line' });
    workspace.ask({ verdict: null, check: null, q: 'd-003' }, 'parcel_id');
    await until(() => workspace.parcels.matched.value === 10);
    expect(idsOf(workspace)).toEqual(Array.from({ length: 10 }, (_, i) => `D-003${i}`));
  });

  test('opens the run and the parcel of the address with its pieces, and lets go of it when the run changes', async () => {
    const workspace = createWorkspace(client(), at('?run=run-2&parcel=D-0031&township=x'));
    await workspace.start();
    await until(() => workspace.selection.detail.value !== null);
    expect(workspace.selection.parcel.value?.properties.parcel_id).toBe('D-0031');
    expect(workspace.selection.detail.value?.piece_features).toHaveLength(1);
    workspace.openRun('run-1');
    expect(workspace.selection.parcel.value).toBeNull();
    await until(() => workspace.shown.value === 'run-1' && done(workspace));
    expect(workspace.question.value.filters.township).toBeNull();
    expect(workspace.parcels.rows.value).toHaveLength(3);
  });

  test('a parcel that is not there is a problem in words, not an empty panel', async () => {
    const workspace = createWorkspace(client(), at('?run=run-2&parcel=gone'));
    await workspace.start();
    await until(() => workspace.selection.task.state.value === 'failed');
    expect(workspace.selection.task.problem.value?.detail).toBe('没有这个地块。');
    expect(workspace.selection.parcel.value).toBeNull();
  });

  test('reading a finished run again keeps its question and its selection', async () => {
    const workspace = createWorkspace(client(), at());
    await workspace.start();
    await until(() => done(workspace));
    workspace.ask({ township: '黑水乡' });
    workspace.select({ parcel_id: 'D-0031', ordinal: 32 });
    await workspace.start();
    await until(() => workspace.runs.follow.state.value === 'done' && done(workspace));
    expect(workspace.question.value.filters.township).toBe('黑水乡');
    expect(workspace.selection.name.value?.parcel_id).toBe('D-0031');
  });

  test('with no run yet it looks again by itself, and shows the first that comes', async () => {
    const empty = await startFixtureServer('empty');
    const api = createApiClient({ base: `${empty.url}api/v1/`, language: () => 'zh-CN' });
    const workspace = createWorkspace(api, at());
    void workspace.start();
    await until(() => workspace.runs.isEmpty.value);
    empty.scenario = 'county';
    await until(() => done(workspace));
    expect(workspace.parcels.matched.value).toBe(21);
    await empty.close();
  });

  test('follows a run to its end and then shows it', async () => {
    const running = await startFixtureServer('running');
    const api = createApiClient({ base: `${running.url}api/v1/`, language: () => 'zh-CN' });
    const workspace = createWorkspace(api, at('?run=run-2'));
    await workspace.start();
    await until(() => workspace.runs.chosen.value?.state === 'running');
    expect(workspace.parcels.rows.value).toEqual([]);
    await until(() => done(workspace));
    expect(workspace.parcels.matched.value).toBe(21);
    await running.close();
  });
});

describe('what is shown first', () => {
  const run = (run_id: string, state: RunItem['state']) => ({ run_id, state }) as RunItem;

  test('the run asked for, else the newest that succeeded, else the newest', () => {
    const runs = [run('c', 'running'), run('b', 'succeeded'), run('a', 'succeeded')];
    expect(firstRun(runs, 'a')?.run_id).toBe('a');
    expect(firstRun(runs, 'gone')?.run_id).toBe('b');
    expect(firstRun([run('x', 'failed')], null)?.run_id).toBe('x');
    expect(firstRun([], null)).toBeUndefined();
  });

  const layer = (layer_id: string, type: string, year: number | null, created_at: string): LayerItem => ({
    layer_id,
    type,
    year,
    name: layer_id,
    created_at,
  });
  const layers = [
    layer('lu22', 'land-use', 2022, '2024-01-01'),
    layer('lu23', 'land-use', 2023, '2024-01-01'),
    layer('red-1', 'eco-red-line', null, '2023-01-01'),
    layer('red-2', 'eco-red-line', null, '2024-01-01'),
    layer('dem', 'dem', null, '2024-01-01'),
  ];

  test('the newest version of each type and year, lowest first, none that has no look', () => {
    expect(layersToOffer(layers, undefined).map((one) => one.layer_id)).toEqual(['lu22', 'lu23', 'red-2']);
  });

  test('the versions that judged the run, where the run names them', () => {
    expect(layersToOffer(layers, ['red-1', 'dem']).map((one) => one.layer_id)).toEqual(['red-1']);
  });

  test('a link opens the same view again, and keeps what else stood in it', () => {
    const filters = {
      verdict: null,
      check: 'steep-slope' as const,
      outcome: 'undetermined' as const,
      state: 'stale' as const,
      project_code: '',
      township: '金坪镇 &?',
      area_min: 0,
      area_max: 66_666.67,
      q: '地块/1',
    };
    const view = { run: 'r', parcel: '地块/1 &?', place: 7, question: { filters, sort: 'township' as const } };
    const search = writeAddress('?x=1&run=old&q=old', view);
    expect(readAddress(search)).toEqual({ ...view, verdictSaid: true });
    expect(search).toContain('x=1');
    const nothing = { filters: { ...noFilters, verdict: 'compliant' as const }, sort: sorts[0] };
    expect(writeAddress('?run=r&q=a', { run: null, parcel: null, place: null, question: nothing })).toBe(
      '?verdict=compliant',
    );
  });

  test('what an address asks and nobody knows is not asked', () => {
    const { question, verdictSaid, place } = readAddress(
      '?verdict=bad&check=nope&outcome=undetermined&state=x&area_min=-1&area_max=z&sort=no&place=1.5',
    );
    expect(question).toEqual({ filters: noFilters, sort: sorts[0] });
    expect(verdictSaid).toBe(false);
    expect(place).toBeNull();
  });

  test('the made-up county is in one region', () => expect(regionCode).toMatch(/^\d{6}$/));
});
