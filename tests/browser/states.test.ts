/** What the page says where there is nothing to show, or not what was asked for: never another run's figures without a word. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { openPage, patience, startBrowser } from './browser.ts';
import { type Scenario, startFixtureServer } from './fixture-server.ts';

requirePart('chromium', 'cjk-fonts')('where there is nothing to show', () => {
  let browser: Browser;
  beforeAll(async () => {
    await import('../../web-map/build-if-stale.ts');
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  async function on(scenario: Scenario, search: string) {
    const server = await startFixtureServer(scenario);
    const open = await openPage(browser, `${server.url}${search}`);
    open.page.setDefaultTimeout(patience.timeout);
    const close = async () => {
      await open.close();
      await server.close();
    };
    return { server, ...open, close };
  }

  test('a link to a run that is not there says so, and opens no parcel of another', async () => {
    const { page, close } = await on('county', '?run=nonesuch&parcel=D-0031');
    await page.getByText('链接里的核查批次（nonesuch）不存在').waitFor();
    await page.getByRole('option').first().waitFor();
    expect(await page.locator('aside.panel').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '知道了' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
    await close();
  });

  test('the same on the overview', async () => {
    const { page, close } = await on('county', '?run=nonesuch&view=overview');
    await page.getByText('链接里的核查批次（nonesuch）不存在').waitFor();
    await page.locator('.head').waitFor();
    await close();
  });

  test('filters that leave nothing can be taken off where one looks', async () => {
    const { page, close } = await on('county', '?run=run-2&verdict=all&q=nothing-like-this');
    await page.getByText('没有符合条件的地块').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.locator('[data-do=all]').click();
    await page.getByRole('option').first().waitFor();
    expect(await page.locator('.found').textContent()).toContain('61');
    await close();
  });

  test.each(['', '&view=overview', '&view=compare'])(
    'a run that failed says why and how to go on (%s)',
    async (view) => {
      const { page, close } = await on('failed', `?run=run-2${view}`);
      await page.getByText('数据库引擎出错').waitFor();
      expect(await page.locator('.progress').textContent()).toMatch(
        /2024-03-05 16:30，61 个地块.*重新核查同样的地块集/s,
      );
      expect(await page.locator('.progress a').getAttribute('href')).toBe('?run=run-2&view=new&sets=set-1');
      expect(await page.locator('[data-chart], .counts').count()).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
      await close();
    },
  );

  test.each(['overview', 'compare'])(
    'without a run, and with a server that refuses, the screen “%s” says what the first one does',
    async (view) => {
      const empty = await on('empty', `?view=${view}`);
      await empty.page.getByText('还没有核查批次').waitFor();
      expect(await seriousFaults(empty.page)).toEqual([]);
      // the first run to come takes its place
      empty.server.scenario = 'county';
      await empty.page.locator('h2:visible', { hasText: view === 'overview' ? '概览' : '比较' }).waitFor();
      await empty.close();
      const broken = await on('broken', `?view=${view}`);
      await broken.page.getByText('数据库正在启动').waitFor();
      broken.server.scenario = 'county';
      await broken.page.getByRole('button', { name: '重试' }).click();
      await broken.page.locator('h2:visible', { hasText: view === 'overview' ? '概览' : '比较' }).waitFor();
      await broken.close();
    },
  );

  test('a run without a parcel is told apart from filters that leave none', async () => {
    const { page, close } = await on('county', 'favicon.svg');
    const bare = { verdict: {}, check: {}, project_code: [], township: [], state: {}, number_matched: 0 };
    await page.route('**/api/v1/runs?**', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      const items = body.items.map((run: { run_id: string }) =>
        run.run_id === 'run-2' ? { ...run, parcel_count: 0 } : run,
      );
      await route.fulfill({ response: answer, json: { ...body, items } });
    });
    await page.route('**/verdicts?**', (route) =>
      route.fulfill({ json: { type: 'FeatureCollection', features: [], next_cursor: null, number_matched: 0 } }),
    );
    await page.route('**/facets**', (route) => route.fulfill({ json: bare }));
    await page.goto(page.url().replace('favicon.svg', '?run=run-2'));
    await page.getByText('这一批次没有地块').waitFor();
    expect(await page.locator('[data-do=all]').count()).toBe(0);
    await close();
  });
});
