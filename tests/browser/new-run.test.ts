/** A run is started on the page, over the real service: what it will use is seen before, what it lacks is said, and it is followed and stopped. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plots, redLine } from '../http/county.ts';
import { landUse, type ReviewedCounty } from '../http/reviewing.ts';
import { listen, startService } from '../http/service.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { patience } from './browser.ts';
import { CountyPage } from './county-page.ts';
import { builtPage } from './fixture-server.ts';

interface RunOut {
  run_id: string;
  state: string;
  layer_ids: string[];
  parcel_set_ids: string[];
  params: Record<string, Record<string, unknown>>;
  summary: { by_check: Record<string, Record<string, number>> };
}

requirePart('chromium', 'cjk-fonts')('a run from the page', () => {
  onDatabase('embedded', 'over two counties', (open) => {
    let county: ReviewedCounty;
    let here: CountyPage;
    let page: Page;
    const layer: Record<string, string> = {};
    const field = (name: string) => page.locator(`[id="${name}"]`);
    const start = () => page.locator('[data-do=start]');
    const runs = async () => (await county.get<{ items: RunOut[] }>('/runs')).items;

    beforeAll(async () => {
      here = await CountyPage.start(await open());
      ({ county } = here);
      layer.redOld = await county.layer('eco-red-line', redLine, { name: '红线旧版' });
      layer.red = await county.layer('eco-red-line', redLine, { name: '红线新版', source: '省厅下发' });
      layer.uses = await county.layer('land-use', landUse, { year: '2023' });
      await county.set(plots(3), { region_code: '993001', name: '别县地块' });
      page = await here.show('/');
    }, 240_000);
    afterAll(() => here?.close());

    test('from the set that was just stored, with the layers it will use and what it lacks', async () => {
      await page.locator('.guide').waitFor();
      const buffer = Buffer.from(plots(40));
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: '四十.geojson', mimeType: 'application/json', buffer });
      await expect.poll(() => page.locator('[data-do=store]').isEnabled(), patience).toBe(true);
      await page.locator('[data-do=store]').click();
      await page.locator('[data-do=check]').click();
      await page.locator('[data-slot=eco-red-line]').waitFor();
      expect(await page.locator('input[type=checkbox]:checked').count()).toBe(1);
      // another county's set cannot be added
      expect(await page.locator('input[type=checkbox]:disabled').count()).toBe(1);
      expect(await page.locator('[data-slot=eco-red-line]').textContent()).toContain('省厅下发');
      expect(await page.locator('[data-slot="land-use@2023"] th').textContent()).toContain('2023');
      const lacks = page.locator('[data-lack]');
      expect(
        await lacks.evaluateAll((all) =>
          all.map((one) => (one as unknown as { dataset: { lack: string } }).dataset.lack),
        ),
      ).toEqual(['steep-slope', 'no-levelling', 'occupied', 'known-issue']);
      expect(await lacks.first().textContent()).toMatch(/缺少.*证据不足.*不会因此算作未见问题/);
      expect(await page.locator('footer').textContent()).toContain('1 个地块集，40 个地块；2 个图层');
      expect(await seriousFaults(page)).toEqual([]);
    });

    test('an older layer and another threshold are taken, a wrong one is told at its field', async () => {
      await page.locator('[data-slot=eco-red-line] .el-select').click();
      await page.locator('.el-select-dropdown__item:visible', { hasText: '旧版：红线旧版' }).click();
      await page.locator('details[data-check=eco-red-line] summary').click();
      const threshold = field('eco-red-line.min_area_m2');
      expect(await threshold.inputValue()).toBe('10');
      expect(await page.locator('details[data-check=eco-red-line]').textContent()).toMatch(/依据.*缺省 10 m²/);
      await threshold.fill('-3');
      expect(await page.locator('details[data-check=eco-red-line] .fault').allTextContents()).toContainEqual(
        expect.stringContaining('必须是不小于 0 的数'),
      );
      expect(await start().isDisabled()).toBe(true);
      expect(await seriousFaults(page)).toEqual([]);
      await threshold.fill('7000');
      expect(await page.locator('footer').textContent()).toContain('改动参数 1 项');
      await start().click();
      await page.getByRole('option').first().waitFor();
      const [run] = await runs();
      expect(new URL(page.url()).searchParams.get('run')).toBe(run!.run_id);
      expect(run!.layer_ids.toSorted()).toEqual([layer.redOld!, layer.uses!].toSorted());
      expect(run!.params['eco-red-line']!['min_area_m2']).toBe(7000);
      // half of plot 2 is some 5,400 m², the whole of plot 1 twice that
      const { summary } = await county.get<RunOut>(`/runs/${run!.run_id}`);
      expect(summary.by_check['eco-red-line']!['fail']).toBe(1);
      expect(summary.by_check['steep-slope']!['undetermined']).toBe(40);
    });

    test('what is offered is what the server takes by itself', async () => {
      await page.locator('[data-view=new]').click();
      await page.locator('[data-slot=eco-red-line]').waitFor();
      // begun with the sets of the run on the screen
      expect(await page.locator('input[type=checkbox]:checked').count()).toBe(1);
      await start().click();
      await page.getByRole('option').first().waitFor();
      const [run] = await runs();
      const byItself = await county.run(run!.parcel_set_ids[0]!);
      const { layer_ids } = await county.get<RunOut>(`/runs/${byItself}`);
      expect(run!.layer_ids.toSorted()).toEqual(layer_ids.toSorted());
      expect(layer_ids).toContain(layer.red);
    });

    test('what the server refuses stands at its field', async () => {
      await page.locator('[data-view=new]').click();
      await page.locator('[data-slot=eco-red-line]').waitFor();
      await page.route('**/api/v1/runs', (route) =>
        route.request().method() !== 'POST'
          ? route.continue()
          : route.fulfill({
              status: 400,
              contentType: 'application/problem+json',
              body: JSON.stringify({
                code: 'validation',
                status: 400,
                title: '请求有误',
                detail: '比例太大了',
                where: { field: 'steep-slope.max_slope_deg' },
              }),
            }),
      );
      await start().click();
      await page.getByText('请改正标出的参数').waitFor();
      await page.locator('details[data-check=steep-slope] summary').click();
      expect(await page.locator('[id="fault-steep-slope.max_slope_deg"]').textContent()).toBe('比例太大了');
      await page.unroute('**/api/v1/runs');
      here.opened.troubles.length = 0; // the refusal itself
    });

    test('a run that waits is found again after a reload, and is cancelled', async () => {
      const quiet = await startService(county.service.database, { work: false, pageFolder: builtPage });
      await county.service.jobs.stop();
      expect(here.opened.elsewhere).toEqual([]);
      const there = await listen(quiet);
      await page.goto(`${there.url}/?view=new`);
      await page.locator('input[type=checkbox]:enabled').first().check();
      await page.locator('[data-slot=eco-red-line]').waitFor();
      await expect.poll(() => start().isEnabled(), patience).toBe(true);
      await start().focus();
      await page.keyboard.press('Enter');
      await page.getByText('正在排队').waitFor();
      const address = page.url();
      expect(new URL(address).searchParams.get('run')).toBe((await runs())[0]!.run_id);
      await page.reload();
      await page.getByText('正在排队').waitFor();
      expect(page.url()).toBe(address);
      await page.locator('[data-do=cancel]').click();
      await page.getByText('这一批次已被取消').waitFor();
      expect((await runs())[0]!.state).toBe('cancelled');
      expect(await seriousFaults(page)).toEqual([]);
      expect(here.opened.troubles).toEqual([]);
      await page.goto('about:blank');
      await quiet.close();
    });
  });
});
