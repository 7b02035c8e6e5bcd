import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verdictLooks } from '../../web-map/src/map/palette.ts';
import { paddingOf } from '../../web-map/src/map/shapes.ts';
import { requirePart } from '../support/parts.ts';
import { countColours, mapDrawn, openPage, patience, startBrowser } from './browser.ts';
import { nastyName } from './fixture-county.ts';
import { builtPage, type FixtureServer, type Scenario, startFixtureServer } from './fixture-server.ts';
import { pageShowsACounty } from './page-behaviour.ts';

beforeAll(async () => {
  await import('../../web-map/build-if-stale.ts');
});

/** With ZHANBU_BASE_URL the behaviour is asked of a server that is running already. */
const elsewhere = process.env['ZHANBU_BASE_URL'];

requirePart('chromium', 'cjk-fonts')('the page on recorded answers', () => {
  let server: FixtureServer | undefined;
  beforeAll(async () => {
    if (!elsewhere) server = await startFixtureServer();
  });
  afterAll(() => server?.close());
  pageShowsACounty(() => elsewhere ?? server!.url);
});

requirePart('chromium', 'cjk-fonts')('the states of the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  async function on(scenario: Scenario, search = '') {
    const server = await startFixtureServer(scenario);
    const open = await openPage(browser, `${server.url}${search}`);
    const close = async () => {
      await open.close();
      await server.close();
    };
    return { server, ...open, close };
  }

  test('with no run yet it says what to do, with addresses of this server', async () => {
    const { page, server, troubles, close } = await on('empty');
    const guide = page.locator('.guide');
    await guide.waitFor();
    expect(await guide.textContent()).toContain('还没有核查批次');
    expect(await guide.textContent()).toContain(`${server.url}api/v1/parcel-sets`);
    expect(troubles).toEqual([]);
    await close();
  });

  test('while it reads it says so', async () => {
    const { page, close } = await on('slow');
    await page.getByText('正在读取核查批次').waitFor();
    await close();
  });

  test('a fault shows the words of the server and the request id, and trying again mends it', async () => {
    const { page, server, close } = await on('broken');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    for (const words of ['数据库正在启动，请一分钟后重试。', 'busy', 'req-00ab12']) {
      expect(await alert.textContent()).toContain(words);
    }
    server.scenario = 'county';
    await page.getByRole('button', { name: '重试' }).click();
    await page.getByRole('option').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await close();
  });

  test('a server that is gone is told apart from one that refuses', async () => {
    const { page, server, close } = await on('county');
    await page.getByRole('option').first().waitFor();
    await server.close();
    await page.getByRole('button', { name: '刷新' }).click();
    await page.getByText('连不上服务').waitFor();
    // what was read stays readable
    expect(await page.getByRole('option').count()).toBeGreaterThan(0);
    expect(await page.locator('.strip').count()).toBe(1);
    await close();
  });

  test('with no run yet it opens the first that comes, without a reload', async () => {
    const { page, server, close } = await on('empty');
    await page.locator('.guide').waitFor();
    server.scenario = 'county';
    await page.getByRole('option').first().waitFor(patience);
    await close();
  });

  test('on a screen of 1024×768, in English too, no figure is cut and the legend leaves the parcel in sight', async () => {
    const { page, close } = await on('county');
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('option').first().click();
    await page.locator('aside.panel').waitFor();
    const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('.strip, .strip *')]
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1)
      .filter((e) => getComputedStyle(e).display !== 'inline').map((e) => e.textContent.trim())`);
    expect(cut).toEqual([]);
    await page.locator('.fold').click();
    const over = await page.evaluate<string[]>(`['.list', 'aside.panel'].flatMap((frame) => {
      const box = document.querySelector(frame);
      const right = box.getBoundingClientRect().right + 1;
      return [...box.querySelectorAll('form *, dl *, .sentence, .quiet')]
        .filter((e) => e.getBoundingClientRect().right > right).map((e) => e.outerHTML.slice(0, 100));
    })`);
    expect(over).toEqual([]);
    expect(await page.locator('.legend #legend-body').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Legend' }).click();
    expect(await page.locator('.legend #legend-body').isVisible()).toBe(true);
    await close();
  });

  test('parcels too close for the screen are counted in squares, and a click on one looks closer', async () => {
    const { page, server, troubles, close } = await on('cells');
    await page.getByRole('option').first().waitFor();
    await mapDrawn(page);
    await page.locator('.verdicts [data-filter=all]').click();
    await mapDrawn(page);
    // the squares are pale or full by their share: their outlines are not
    const [red, amber] = await countColours(page, [verdictLooks.non_compliant.ink, verdictLooks.undetermined.ink], 30);
    expect(red).toBeGreaterThan(500);
    expect(amber).toBeGreaterThan(500);
    expect(await page.locator('.legend').textContent()).toContain('方格');
    const zoomOf = () =>
      Math.max(...server.asked.map((one) => Number(/collections\/run-2\/.*Quad\/(\d+)/.exec(one)?.[1] ?? 0)));
    const before = zoomOf();
    const box = (await page.locator('.place').boundingBox())!;
    // there is a square somewhere in the middle: the pointer says where
    for (let i = 0; i < 60; i++) {
      await page.mouse.move(box.x + box.width * (0.3 + 0.01 * i), box.y + box.height * 0.38);
      await page.waitForTimeout(60);
      if ((await page.evaluate<string>(`document.querySelector('.place canvas').style.cursor`)) === 'pointer') {
        await page.mouse.down();
        await page.mouse.up();
        break;
      }
    }
    await expect.poll(zoomOf, patience).toBeGreaterThan(before);
    expect(troubles).toEqual([]);
    await close();
  });

  test('the pieces of the selected parcel tell their reasons under the pointer', async () => {
    const { page, close } = await on('county', '?run=run-2&parcel=D-0043');
    await page.locator('aside.panel').waitFor();
    await mapDrawn(page);
    const box = (await page.locator('.place').boundingBox())!;
    const { left, right } = paddingOf(box.width);
    const middle = box.x + box.width / 2 + (left - right) / 2;
    for (let i = -6; i <= 6 && (await page.locator('.hint').count()) === 0; i++) {
      await page.mouse.move(middle + i * 8, box.y + box.height / 2);
      await page.waitForTimeout(80);
    }
    expect(await page.locator('.hint').textContent()).toMatch(/核减：.*（[\d,.]+ m²）|整改恢复：|撂荒整治：/);
    await close();
  });

  test('Escape on the map closes the panel that a click there opened', async () => {
    const { page, close } = await on('county', '?run=run-2&parcel=D-0031');
    await page.locator('aside.panel').waitFor();
    await page.locator('.place canvas').focus();
    await page.keyboard.press('Escape');
    expect(await page.locator('aside.panel').count()).toBe(0);
    await close();
  });

  test('a land-use layer that is shown says what its tints stand for', async () => {
    const { page, close } = await on('county');
    await page.getByRole('option').first().waitFor();
    expect(await page.locator('.legend .classes').count()).toBe(0);
    await page.locator('.legend label', { hasText: '2023' }).click();
    expect(await page.locator('.legend .classes').textContent()).toMatch(/耕地.*园地.*林地.*草地.*水域.*其他/s);
    await close();
  });

  test('a run that is still going shows how far it is, then its parcels without a reload', async () => {
    const { page, troubles, close } = await on('running', '?run=run-2');
    await page.getByRole('progressbar').waitFor();
    expect(await page.locator('.work').textContent()).toContain('正在核查 61 个地块');
    await page.getByRole('option').first().waitFor({ timeout: 30_000 });
    await mapDrawn(page);
    expect(troubles).toEqual([]);
    await close();
  });

  test('a run that failed shows why, and no verdict', async () => {
    const { page, close } = await on('failed', '?run=run-2');
    await page.getByText('数据库引擎出错').waitFor();
    expect(await page.getByRole('option').count()).toBe(0);
    expect(await page.locator('.strip').count()).toBe(0);
    await close();
  });

  test('names that are code are shown as text, on the map, in the list and in the panel', async () => {
    const { page, troubles, close } = await on('county', `?run=run-2&parcel=${encodeURIComponent(nastyName)}`);
    const heading = page.locator('aside.panel h2');
    await heading.waitFor();
    expect(await heading.textContent()).toBe(`地块 ${nastyName}`);
    await mapDrawn(page);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(await page.locator('aside.panel img, .list img, .legend img').count()).toBe(0);
    expect(troubles).toEqual([]);
    await close();
  });

  test('a parcel without a shape is in the list, and the panel says why the map does not show it', async () => {
    const { page, close } = await on('county', '?run=run-2&parcel=D-0060');
    await page.getByText('该地块没有可用的图形').waitFor();
    await close();
  });

  test('the parameters shown are those of the run, not the defaults', async () => {
    const { page, close } = await on('county', '?run=run-2&parcel=D-0043');
    const finding = page.locator('[data-check=eco-red-line]');
    await finding.waitFor();
    expect(await finding.textContent()).toContain('面积阈值 25 m²');
    expect(await page.locator('[data-check=abandoned]').textContent()).toContain('面积阈值 10 m²');
    await close();
  });

  test('the run on the screen can be had as files, by the addresses of the API', async () => {
    const { page, server, close } = await on('county');
    await page.getByRole('option').first().waitFor();
    const links = await page.evaluate<string[]>(`[...document.querySelectorAll('.exports a')].map((a) => a.href)`);
    expect(links).toEqual(
      ['xlsx', 'csv', 'geojson', 'shp'].map((format) => `${server.url}api/v1/runs/run-2/exports/${format}`),
    );
    await close();
  });

  test('another run is a choice in the header', async () => {
    const { page, close } = await on('county');
    await page.getByRole('option').first().waitFor();
    await page.locator('.runs').click();
    await page.getByRole('option', { name: /3 个地块/ }).click();
    await expect.poll(() => page.locator('.counts dd').first().textContent(), patience).toBe('3');
    await expect.poll(() => page.url(), patience).toContain('run=run-1');
    await close();
  });
});

describe('the built page', () => {
  const html = () => readFileSync(join(builtPage, 'index.html'), 'utf8');

  test('starts with less than 1.5 MB gzip, the map code apart', () => {
    const first = [...html().matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((match) => match[1]!);
    const code = first.map((file) => readFileSync(join(builtPage, file)));
    const size = code.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
    expect(first.length).toBeGreaterThanOrEqual(2);
    expect(size).toBeLessThan(1_500_000);
    for (const bytes of code) expect(bytes.toString()).not.toContain('MapLibre GL JS');
  });

  test('has no inline script and names no other host', () => {
    expect(html()).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html()).not.toMatch(/https?:\/\//);
  });

  test('one file owns the map', () => {
    const source = join(import.meta.dirname, '../../web-map/src');
    const owners = globSync('**/*.{ts,vue}', { cwd: source }).filter((file) =>
      /^import (?!type )(?:(?!from)[\s\S])*from 'maplibre-gl'/m.test(readFileSync(join(source, file), 'utf8')),
    );
    expect(owners).toEqual(['map/map-owner.ts']);
  });
});
