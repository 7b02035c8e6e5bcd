/**
 * A day of work on the demonstration county, by the page through the real server: a file comes in, is tried and stored, a run is made,
 * red-line flags are filtered, one is confirmed with a photo and taken back, ten are rejected at once, and all of it is there after a reload.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpeg, takenAt } from '../http/photos.ts';
import type { ReviewedCounty } from '../http/reviewing.ts';
import { upload } from '../http/service.ts';
import { jobIn } from '../jobs/waiting.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { seriousFaults } from './axe.ts';
import { mapDrawn, patience } from './browser.ts';
import { CountyPage } from './county-page.ts';

const slow = { timeout: 120_000 };

requirePart('chromium', 'cjk-fonts')('a day on the demonstration county', () => {
  describeWithSharedData('of shared/data', () => {
    onDatabase('embedded', 'through the real server', (open) => {
      let county: ReviewedCounty;
      let here: CountyPage;
      let page: Page;

      beforeAll(async () => {
        here = await CountyPage.start(await open());
        ({ county } = here);
        for (const [type, path] of [
          ['eco-red-line', 'youyang-demo/stbhhx_redline.zip'],
          ['slope', 'youyang-demo/slope_30m.tif'],
        ] as const) {
          const file = { name: basename(path), data: readFileSync(sharedData(path)) };
          const accepted = await upload(county.service, '/layers', file, { type });
          expect(accepted.statusCode, accepted.body).toBe(202);
          expect((await jobIn(county.service.database, accepted.json().job_id)).problem).toBeNull();
        }
        page = await here.show('/');
      }, 280_000);
      afterAll(() => here?.close());

      const rows = () => page.getByRole('option');
      const panel = () => page.locator('aside.panel');
      const redLine = () => panel().locator('[data-check=eco-red-line] .review');
      const choose = async (check: RegExp) => {
        await page.locator('.bar [data-filter=check]').click();
        await page.locator('.el-select-dropdown__item:visible', { hasText: check }).click();
      };
      const found = async () => Number((await page.locator('.found').textContent())?.replace(/\D/g, ''));
      const countIn = async (state: string, check = 'eco-red-line') =>
        (await county.verdicts(runId, `?state=${state}&check=${check}`)).number_matched;
      let runId: string;

      test('the parcels come in by the page: tried first, then stored as they were shown', async () => {
        await page.locator('.guide').waitFor();
        await page.locator('input[type=file]').setInputFiles(sharedData('youyang-demo/bcgd_parcels.zip'));
        await page.locator('[data-count=parcels]').waitFor(slow);
        expect(await page.locator('[data-count=parcels]').textContent()).toBe('655 个');
        await page.locator('[data-do=store]').click();
        await page.locator('[data-set=id]').waitFor(slow);
      });

      test('a run over them is started: the red line and the slopes it will use are seen before', async () => {
        const setId = (await page.locator('[data-set=id]').textContent())!.trim();
        await page.locator('[data-do=check]').click();
        for (const slot of ['eco-red-line', 'slope']) await page.locator(`[data-slot=${slot}]`).waitFor();
        expect(await page.locator('footer').textContent()).toContain('1 个地块集，655 个地块；2 个图层');
        await page.locator('[data-do=start]').click();
        await rows().first().waitFor(slow);
        runId = new URL(page.url()).searchParams.get('run')!;
        const run = await county.get<{ state: string; parcel_set_ids: string[] }>(`/runs/${runId}`);
        expect(run).toMatchObject({ state: 'succeeded', parcel_set_ids: [setId] });
      });

      test('the run opens on what is flagged, and the red line is a filter of it', async () => {
        await page.locator('.fold').click();
        await choose(/红线/);
        const { summary } = await county.get<{ summary: { by_check: Record<string, { fail: number }> } }>(
          `/runs/${runId}`,
        );
        await expect.poll(found, patience).toBe(summary.by_check['eco-red-line']!.fail);
        // by ogrinfo three of the 655 meet a park: 8,545, 2,793 and 1,210 m² of them; a fourth only touches one
        expect(await found()).toBe(3);
        await mapDrawn(page);
        expect(await seriousFaults(page)).toEqual([]);
      });

      test('one is confirmed with a photo, and taken back', async () => {
        await rows().first().click();
        await redLine().waitFor();
        await page.keyboard.press('c');
        await page.keyboard.press('1');
        await page.keyboard.press('5');
        const [first] = (await county.verdicts(runId, '?check=eco-red-line&sort=-deduct_area_m2&limit=1')).features;
        const [lon, lat] = first!.geometry!.coordinates[0]![0]![0]!;
        const buffer = jpeg({ exif: takenAt(lon!, lat!) });
        const taken = { name: '现场照片.jpg', mimeType: 'image/jpeg', buffer };
        await page.locator('.decision input[type=file]').setInputFiles(taken);
        // who is at work is asked when it is first needed
        await page.locator('#person-name').fill('张三');
        await page.locator('#person-office').fill('县自然资源局');
        await page.getByRole('button', { name: '登记并使用' }).click();
        await page.locator('.decision .files').getByText('现场照片.jpg').waitFor();
        await page.locator('.decision').focus();
        await page.keyboard.press('Enter');
        await expect
          .poll(() => redLine().textContent(), patience)
          .toMatch(/已确认.*核减.*张三.*1 个附件.*现场核实属实/s);
        const link = panel().locator('.history a', { hasText: '现场照片.jpg' });
        const answer = await page.request.get(await link.evaluate((a) => (a as unknown as { href: string }).href));
        expect(answer.headers()['content-type']).toBe('image/jpeg');
        expect(Buffer.compare(await answer.body(), taken.buffer)).toBe(0);
        expect(await countIn('confirmed')).toBe(1);

        await panel().locator('h2').focus();
        await page.keyboard.press('Control+z');
        await expect
          .poll(() => redLine().locator('[data-state]').getAttribute('data-state'), patience)
          .toBe('suspected');
        expect(await countIn('confirmed')).toBe(0);
        expect(await panel().locator('.history').textContent()).toMatch(/已撤销.*已确认.*现场照片\.jpg/s);
      });

      test('ten are rejected at once, seen before they are, and all is still there after a reload', async () => {
        await choose(/陡坡/);
        // the ten smallest of them
        const { features } = await county.verdicts(runId, '?check=steep-slope&sort=area_m2&limit=11');
        const [tenth, next] = [features[9]!.properties.area_m2, features[10]!.properties.area_m2];
        const mu = (((tenth + next) / 2) * 0.0015).toFixed(4);
        await page.getByLabel('面积不大于（亩）').fill(mu);
        await page.keyboard.press('Enter');
        await expect.poll(found, patience).toBe(10);
        await page.getByRole('button', { name: '成批决定…' }).click();
        await page.locator('dialog .chips button').first().click();
        await page.getByRole('button', { name: '预览' }).click();
        await page.getByText('将决定 10 个疑似问题，涉及 10 个地块').waitFor();
        await page.getByRole('button', { name: '决定这 10 个' }).click();
        await page.getByText('已决定 10 个疑似问题').waitFor();
        await page.getByRole('button', { name: '关闭', exact: true }).click();
        await expect.poll(() => countIn('rejected', 'steep-slope'), patience).toBe(10);

        const address = page.url();
        await page.reload();
        await rows().first().waitFor();
        expect(page.url()).toBe(address);
        await expect.poll(found, patience).toBe(10);
        for (const row of await rows().all()) expect(await row.textContent()).toMatch(/已审 [1-9]/);
        expect(await page.locator('.who').textContent()).toContain('张三');
        await rows().first().click();
        const steep = panel().locator('[data-check=steep-slope] .review');
        await expect.poll(() => steep.textContent(), patience).toMatch(/已否定.*张三.*图层有误/s);
        expect(here.opened.troubles, 'errors and warnings of the page').toEqual([]);
        expect(here.opened.elsewhere, 'requests to other hosts').toEqual([]);
      });
    });
  });
});
