/**
 * `npm run bench -- page [--parcels N] [--embedded]`: the page on a run of 100,000 parcels, in Debian's Chromium with WebGL in software. How
 * long twenty clients wait for its tiles (the server by itself in this process), how long until the list and the map are there, and the longest
 * task of the main thread while the map is panned and zoomed by script.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { openPage, startBrowser } from '../browser/browser.ts';
import { builtPage } from '../browser/fixture-server.ts';
import { listen, type Service, startService, upload } from '../http/service.ts';
import { startCluster } from '../support/cluster.ts';
import { fullCounty, writeCounty } from './county.ts';
import { writeResult } from './results.ts';
import { timeTiles } from './tiles.ts';

const patience = 120_000;

export async function benchPage(args: string[], say: (line: string) => void): Promise<void> {
  const { values: asked } = parseArgs({
    args,
    options: { parcels: { type: 'string', default: '100000' }, embedded: { type: 'boolean', default: false } },
  });
  const parcels = Number(asked.parcels);
  await import('../../web-map/build-if-stale.ts');
  const work = mkdtempSync(join(tmpdir(), 'zhanbu-bench-'));
  const cluster = asked.embedded ? undefined : await startCluster();
  const database = await openDatabase(
    cluster === undefined ? { dataDir: join(work, 'database') } : { databaseUrl: cluster.url('postgres') },
  );
  await migrate(database);
  const service = await startService(database, { pageFolder: builtPage });
  const browser = await startBrowser();
  try {
    // the page is measured, not the engine: red lines of few vertices, no land use
    const size = { ...fullCounty, parcels, redLineVertices: 200, landUse: 2000, years: [2023], demSide: 200 };
    const files = await writeCounty(size, work);
    await received(service, '/layers', files.redLine, { type: 'eco-red-line' });
    const setId = await received(service, '/parcel-sets', files.parcels, {});
    const run = await service.app.inject({
      method: 'POST',
      url: '/api/v1/runs',
      payload: { parcel_set_ids: [setId], earlier_set_ids: [] },
    });
    await finished(service, run.json().job_id);
    say(`${parcels} parcels stored and verified`);
    const { url } = await listen(service);
    const tiles = await timeTiles(url, run.json().run_id);
    say(`tiles: ${JSON.stringify(tiles)} (aim: warm p95 100 ms, embedded 400; cold 2,000)`);
    const matching = await timeTiles(url, run.json().run_id, 'state=suspected');
    say(`of what awaits review: ${JSON.stringify(matching)}`);
    const views = [];
    for (const which of ['cold', 'warm']) {
      const open = await openPage(browser, 'about:blank');
      await open.page.addInitScript(`
        window.longTasks = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.longTasks.push(Math.round(entry.duration));
        }).observe({ type: 'longtask', buffered: true });`);
      const begun = performance.now();
      await open.page.goto(`${url}/`);
      await open.page.getByRole('option').first().waitFor({ timeout: patience });
      const list = Math.round(performance.now() - begun);
      await open.page.locator('[data-idle="true"]').waitFor({ timeout: patience });
      const map = Math.round(performance.now() - begun);
      const opening = await longest(open.page);
      // that the map was moved at all shows in what it asked for
      let asked = 0;
      open.page.on('request', (request) => {
        if (/\/tiles\/WebMercatorQuad\/\d/.test(request.url())) asked++;
      });
      await panAndZoom(open.page);
      const moving = await longest(open.page);
      const view = {
        which,
        list_ms: list,
        map_ms: map,
        longest_opening_ms: opening,
        longest_moving_ms: moving,
        tiles_asked_moving: asked,
      };
      say(JSON.stringify(view));
      views.push(view);
      await open.close();
    }
    const seconds = views.map(({ which, map_ms }) => [`${which}: list and map`, map_ms / 1000] as const);
    const name = asked.embedded ? `page-embedded-${parcels}` : `page-${parcels}`;
    writeResult(name, { parcels, tiles, matching, views }, Object.fromEntries(seconds));
  } finally {
    await browser.close();
    await service.close();
    await database.close();
    await cluster?.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** The longest task since the last time it was asked. */
async function longest(page: Page): Promise<number> {
  return page.evaluate<number>('Math.max(0, ...window.longTasks.splice(0))');
}

/** Into the middle of the county until parcels are drawn singly, about there, and out again. */
async function panAndZoom(page: Page): Promise<void> {
  const box = (await page.locator('.place').boundingBox())!;
  const [x, y] = [box.x + box.width * 0.6, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (const [wheel, times] of [
    [-300, 8],
    [300, 8],
  ] as const) {
    for (let n = 0; n < times; n++) {
      await page.mouse.wheel(0, wheel);
      await page.waitForTimeout(700);
      await page.mouse.down();
      for (let step = 1; step <= 10; step++) await page.mouse.move(x - step * 12, y + step * 5);
      await page.mouse.up();
      await page.mouse.move(x, y);
    }
    await page.locator('[data-idle="true"]').waitFor({ timeout: patience });
  }
}

/** @returns the id of what was made */
async function received(service: Service, url: string, path: string, fields: Record<string, string>): Promise<string> {
  const accepted = await upload(service, url, { name: path, data: readFileSync(path) }, fields);
  const body = accepted.json();
  await finished(service, body.job_id);
  return body.parcel_set_id ?? body.layer_id;
}

async function finished(service: Service, jobId: string): Promise<void> {
  for (;;) {
    const job = (await service.app.inject({ url: `/api/v1/jobs/${jobId}` })).json();
    if (job.state === 'succeeded') return;
    if (job.state === 'failed' || job.state === 'cancelled') throw new Error(JSON.stringify(job.problem));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
