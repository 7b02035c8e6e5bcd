/** The county at a glance, over the real service: its figures are the run's, each leads to the list behind it, its charts become pictures. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSummary } from '../../server/domain/verdict-feature.ts';
import { bookFills, verdictLooks } from '../../web-map/src/map/palette.ts';
import type { ReviewedCounty } from '../http/reviewing.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { countColours, patience } from './browser.ts';
import { CountyPage } from './county-page.ts';

requirePart('chromium', 'cjk-fonts')('the overview', () => {
  onDatabase('embedded', 'of forty plots', (open) => {
    let county: ReviewedCounty;
    let here: CountyPage;
    let page: Page;
    let runId: string;
    let setId: string;
    let summary: RunSummary;
    const card = (name: string) => page.locator(`[data-chart=${name}]`);
    const found = async () => Number((await page.locator('.found').textContent())?.replace(/\D/g, ''));
    const pixels = async (name: string, colour: string, tolerance = 4) =>
      (await countColours(page, [colour], tolerance, card(name).locator('.place')))[0];
    const back = async () => {
      await page.goBack();
      await card('check').locator('canvas').waitFor();
    };

    beforeAll(async () => {
      here = await CountyPage.start(await open());
      ({ county } = here);
      ({ runId, setId } = await county.begin());
      await county.run(setId, { params: { 'eco-red-line': { min_area_m2: 7000 } } });
      ({ summary } = await county.get<{ summary: RunSummary }>(`/runs/${runId}`));
      page = await here.show(`/?view=overview&run=${runId}`);
    }, 240_000);
    afterAll(() => here?.close());

    test('tells what the run tells: parcels, books in three units, checks, townships, projects, runs', async () => {
      await card('check').locator('canvas').waitFor();
      // by the county's own words: thirty forest plots of the forty, two of them under the red line
      expect(await page.locator('.head [data-verdict=non_compliant] a').textContent()).toBe('30');
      expect(summary.by_verdict.non_compliant).toBe(30);
      const figure = async (unit: string, book: string) =>
        Number(
          (await page.locator(`.head [data-unit=${unit}] [data-book=${book}]`).textContent())!.replaceAll(',', ''),
        );
      expect(await figure('m2', 'area')).toBeCloseTo(summary.area_m2, 2);
      expect(await figure('m2', 'deduct')).toBeCloseTo(summary.deduct_area_m2, 2);
      const hundredths = async (book: string) => Math.round((await figure('mu', book)) * 100);
      expect(
        (await hundredths('deduct')) +
          (await hundredths('restore')) +
          (await hundredths('remediate')) +
          (await hundredths('kept')),
      ).toBe(await hundredths('area'));
      expect(await card('check').locator('tr[data-check=not-cultivated]').textContent()).toMatch(/现状不是耕地\s*30/);
      // 16,230.10 m² are 24.345 亩: the books close with 24.34, and the runs beside them say the same
      const own = card('trend').locator('tr[aria-current=true] td.number');
      expect(await own.nth(4).textContent()).toBe(
        await page.locator('.head [data-unit=mu] [data-book=deduct]').textContent(),
      );
      expect(await card('township').locator('tbody tr').count()).toBe(2);
      expect(await card('project').locator('tbody tr').count()).toBe(14); // three plots each
      expect(await card('trend').locator('tbody tr').count()).toBe(2);
      expect(await seriousFaults(page)).toEqual([]);
    });

    test('draws it in the colours of the map, the unproven hatched', async () => {
      expect(await pixels('check', verdictLooks.non_compliant.fill)).toBeGreaterThan(500);
      expect(await pixels('township', verdictLooks.non_compliant.fill)).toBeGreaterThan(500);
      expect(await pixels('project', bookFills.restore)).toBeGreaterThan(500);
      // the hatching: nearer to its ink than to the fill, which is 112 away; thin lines are blended with it
      const { ink } = verdictLooks.undetermined;
      expect(await pixels('township', ink, 55)).toBeGreaterThan(100);
      expect(await pixels('project', ink, 55)).toBeGreaterThan(100);
    });

    test('each figure leads to the list of just as many parcels, and Back comes back', async () => {
      for (const [name, link] of [
        ['check', 'tr[data-check=eco-red-line] a >> nth=0'],
        ['check', 'tr[data-check=steep-slope] a >> nth=0'],
        ['township', 'tbody tr:first-child td:nth-child(2) a'],
        ['township', 'tbody tr:first-child td:nth-child(3) a'],
        ['project', 'tbody tr:last-child td:nth-child(2) a'],
      ] as const) {
        const figure = card(name).locator(link);
        const wanted = Number(await figure.textContent());
        await figure.focus();
        await page.keyboard.press('Enter');
        await page.getByRole('option').first().waitFor();
        await expect.poll(found, patience).toBe(wanted);
        await back();
      }
      await page.locator('.head [data-verdict=undetermined] a').click();
      await expect.poll(found, patience).toBe(10);
      expect(new URL(page.url()).searchParams.get('verdict')).toBe('undetermined');
      await back();
    });

    test('areas are told in the unit that is chosen', async () => {
      const first = () => card('township').locator('tbody tr:first-child td').nth(4).textContent();
      const inMu = Number((await first())!.replaceAll(',', ''));
      await page.getByText('公顷', { exact: true }).first().click();
      await expect.poll(async () => Number(await first()), patience).toBeCloseTo(inMu / 15, 2);
    });

    test('a chart is saved as a picture with its heading', async () => {
      const coming = page.waitForEvent('download');
      await card('project').locator('[data-do=save]').click();
      const download = await coming;
      expect(download.suggestedFilename()).toBe('按项目.png');
      const png = readFileSync(await download.path());
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      // twice as wide as the chart on the screen
      expect(png.readUInt32BE(16)).toBeGreaterThan(2000);
      expect(png.length).toBeGreaterThan(20_000);
    });

    test('on a small screen and in English nothing is lost, and no line of it comes from elsewhere', async () => {
      await page.setViewportSize({ width: 1024, height: 768 });
      await page.getByText('English', { exact: true }).click();
      await page.getByText('By township').first().waitFor();
      // the switch itself changes its colours a moment after the words
      await page.locator('.bar .el-radio-button.is-active', { hasText: 'English' }).waitFor();
      await page.waitForTimeout(300);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1024);
      expect(await seriousFaults(page)).toEqual([]);
      await card('trend').locator('tbody tr:first-child th a').click();
      await expect.poll(() => new URL(page.url()).searchParams.get('run'), patience).not.toBe(runId);
      await card('check').locator('canvas').waitFor();
      expect(here.opened.troubles).toEqual([]);
      expect(here.opened.elsewhere).toEqual([]);
    });
  });
});
