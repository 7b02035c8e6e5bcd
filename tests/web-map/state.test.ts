import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../../web-map/src/api/client.ts';
import { ApiProblem } from '../../web-map/src/api/problem.ts';
import type { LayerItem, RunItem } from '../../web-map/src/api/types.ts';
import { readAddress, writeAddress } from '../../web-map/src/state/address.ts';
import { layersToOffer } from '../../web-map/src/state/backdrop.ts';
import { firstRun } from '../../web-map/src/state/runs.ts';
import { concernedArea, flagged } from '../../web-map/src/state/verdicts.ts';
import { createWorkspace } from '../../web-map/src/state/workspace.ts';
import { makeParcels, regionCode } from '../browser/fixture-county.ts';
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
  test('walks all pages of verdicts and asks by cursor', async () => {
    server.asked.length = 0;
    let count = 0;
    for await (const page of client().verdictPages('run-2')) count += page.rows.length;
    expect(count).toBe(makeParcels().length);
    expect(server.asked).toEqual([
      'GET /api/v1/runs/run-2/verdicts?limit=10000',
      'GET /api/v1/runs/run-2/verdicts?limit=10000&cursor=25',
      'GET /api/v1/runs/run-2/verdicts?limit=10000&cursor=50',
    ]);
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

describe('the workspace', () => {
  test('opens the newest finished run, its parcels, and the layers shown at first', async () => {
    const workspace = createWorkspace(client(), { run: null, parcel: null });
    await workspace.start();
    await until(() => workspace.verdicts.task.state.value === 'done' && workspace.backdrop.task.state.value === 'done');
    expect(workspace.runs.chosenId.value).toBe('run-2');
    expect(workspace.verdicts.parcels.value).toHaveLength(61);
    expect([...workspace.backdrop.shown].sort()).toEqual(['county', 'red', 'towns']);
  });

  test('opens the run and the parcel of the address, and lets go of the parcel when the run changes', async () => {
    const workspace = createWorkspace(client(), { run: 'run-2', parcel: 'D-0031' });
    await workspace.start();
    await until(() => workspace.selected.value !== null);
    expect(workspace.selected.value?.properties.parcel_id).toBe('D-0031');
    workspace.openRun('run-1');
    expect(workspace.selected.value).toBeNull();
    await until(() => workspace.verdicts.task.state.value === 'done');
    expect(workspace.verdicts.parcels.value).toHaveLength(3);
  });

  test('reading a finished run again keeps its parcels', async () => {
    const workspace = createWorkspace(client(), { run: null, parcel: null });
    await workspace.start();
    await until(() => workspace.verdicts.task.state.value === 'done');
    workspace.select(3);
    await workspace.start();
    await until(() => workspace.runs.follow.state.value === 'done');
    expect(workspace.verdicts.parcels.value).toHaveLength(61);
    expect(workspace.selectedIndex.value).toBe(3);
  });

  test('with no run yet it looks again by itself, and shows the first that comes', async () => {
    const empty = await startFixtureServer('empty');
    const api = createApiClient({ base: `${empty.url}api/v1/`, language: () => 'zh-CN' });
    const workspace = createWorkspace(api, { run: null, parcel: null });
    void workspace.start();
    await until(() => workspace.runs.isEmpty.value);
    empty.scenario = 'county';
    await until(() => workspace.verdicts.task.state.value === 'done');
    expect(workspace.verdicts.parcels.value).toHaveLength(61);
    await empty.close();
  });

  test('follows a run to its end and then shows it', async () => {
    const running = await startFixtureServer('running');
    const api = createApiClient({ base: `${running.url}api/v1/`, language: () => 'zh-CN' });
    const workspace = createWorkspace(api, { run: 'run-2', parcel: null });
    await workspace.start();
    await until(() => workspace.runs.chosen.value?.state === 'running');
    expect(workspace.verdicts.parcels.value).toEqual([]);
    await until(() => workspace.verdicts.task.state.value === 'done');
    expect(workspace.verdicts.parcels.value).toHaveLength(61);
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

  test('flagged parcels: suspected before unproven, the larger area first, compliant ones not at all', () => {
    const list = flagged(makeParcels());
    const ranks = list.map(({ parcel }) => ['non_compliant', 'undetermined'].indexOf(parcel.properties.verdict));
    expect(ranks).not.toContain(-1);
    expect(ranks).toEqual(ranks.toSorted());
    for (const [i, row] of list.entries()) {
      const next = list[i + 1];
      if (next && ranks[i] === ranks[i + 1])
        expect(concernedArea(row.parcel)).toBeGreaterThanOrEqual(concernedArea(next.parcel));
    }
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
    const search = writeAddress('?x=1&run=old', { run: 'r', parcel: '地块/1 &?' });
    expect(readAddress(search)).toEqual({ run: 'r', parcel: '地块/1 &?' });
    expect(search).toContain('x=1');
    expect(writeAddress('?run=r', { run: null, parcel: null })).toBe('');
  });

  test('the made-up county is in one region', () => expect(regionCode).toMatch(/^\d{6}$/));
});
