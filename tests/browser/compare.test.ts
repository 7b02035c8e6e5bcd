/** Two runs beside each other on the page, over the real service: what became flagged and why, page by page, and from there into either run. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plots, redLine } from '../http/county.ts';
import { type ReviewedCounty, squares } from '../http/reviewing.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { patience } from './browser.ts';
import { CountyPage } from './county-page.ts';

requirePart('chromium', 'cjk-fonts')('two runs compared on the page', () => {
  onDatabase('embedded', 'over a hundred and twenty plots', (open) => {
    let county: ReviewedCounty;
    let here: CountyPage;
    let page: Page;
    let url: string;
    let lenient: string;
    let strict: string;
    let wide: string;
    const rows = () => page.locator('tr[data-parcel]');
    const ids = () =>
      rows().evaluateAll((all) => all.map((one) => (one as unknown as { dataset: { parcel: string } }).dataset.parcel));
    const chip = (kind: string) => page.locator(`[data-kind=${kind}]`);
    const asked = () => new URL(page.url()).searchParams;

    beforeAll(async () => {
      here = await CountyPage.start(await open());
      ({ county, url } = here);
      await county.layer('eco-red-line', redLine, { name: '红线甲版' });
      const setId = await county.set(plots(120));
      lenient = await county.run(setId, { params: { 'eco-red-line': { min_area_m2: 7000 } } });
      strict = await county.run(setId);
      // the first hundred plots lie in one row of 0.2°
      await county.layer(
        'eco-red-line',
        squares({ west: 108.79, south: 28.79, size: 0.3, height: 0.0115, properties: { HXMC: '大红线' } }),
        {
          name: '红线乙版',
        },
      );
      wide = await county.run(setId);
      page = await here.show(`/?view=compare&run=${strict}`);
    }, 240_000);
    afterAll(() => here?.close());

    test('the run before over the same sets is taken by itself; the parameter is named with both values', async () => {
      await rows().first().waitFor();
      // half of plot 2 is some 5,400 m²: under 7,000, over 10
      expect(await ids()).toEqual(['P2']);
      expect(await chip('flagged').textContent()).toMatch(/转为疑似不合规\s*1/);
      expect(await chip('cleared').textContent()).toMatch(/\s0/);
      const text = await rows().first().textContent();
      expect(text).toMatch(/待核.*→.*疑似不合规/s);
      expect(text).toMatch(/参数“生态保护红线内·面积阈值.*”：7000 m² → 10 m²/);
      expect(text).toMatch(/核减\s*0\.00 → 5,[34]\d\d\.\d\d\s*\+5,[34]\d\d\.\d\d/);
      expect(await page.locator('.counts').textContent()).toContain('另有 119 个地块没有变化');
      expect(await seriousFaults(page)).toEqual([]);
    });

    test('a kind without changes says so, and the kind is in the address', async () => {
      await chip('removed').focus();
      await page.keyboard.press('Enter');
      await page.getByText('没有这一类变化').waitFor();
      expect(asked().get('kind')).toBe('removed');
      await page.reload();
      await page.getByText('没有这一类变化').waitFor();
      expect(await chip('removed').getAttribute('aria-pressed')).toBe('true');
      await chip('flagged').click();
      await rows().first().waitFor();
    });

    test('a parcel is opened in this run and in the one before, and Back comes back', async () => {
      const address = page.url();
      await rows().first().locator('[data-open=before]').click();
      await page.locator('aside.panel').waitFor();
      expect([asked().get('run'), asked().get('parcel')]).toEqual([lenient, 'P2']);
      expect(await page.locator('aside.panel .sentence').textContent()).toContain('证据不足');
      await page.goBack();
      await rows().first().waitFor();
      expect(page.url()).toBe(address);
      await rows().first().locator('[data-open=after]').click();
      await page.locator('aside.panel').waitFor();
      expect(asked().get('run')).toBe(strict);
      expect(await page.locator('aside.panel .sentence').textContent()).toContain('疑似不合规');
    });

    test('many changes are read page by page, and the layer is named with both versions', async () => {
      await page.goto(`${url}/?view=compare&run=${wide}&against=${strict}&kind=flagged`);
      await rows().first().waitFor();
      expect(await rows().count()).toBe(50);
      // all of the first hundred but the two that were flagged before
      expect(await chip('flagged').textContent()).toMatch(/98/);
      expect(await rows().first().textContent()).toMatch(/生态保护红线换了版本：红线甲版，.* → 红线乙版，/);
      await page.locator('[data-do=more]').click();
      await expect.poll(() => rows().count(), patience).toBe(98);
      expect(await page.locator('[data-do=more]').count()).toBe(0);
      expect(new Set(await ids()).size).toBe(98);
    });

    test('a run with none before it says so, in English too and on a small screen', async () => {
      await page.goto(`${url}/?view=compare&run=${lenient}`);
      await page.getByText('此前没有对同样的地块集核查过').waitFor();
      await page.getByText('English', { exact: true }).click();
      await page.setViewportSize({ width: 1024, height: 768 });
      await page.locator('.others').click();
      await page.locator('.el-select-dropdown__item:visible').first().click();
      await rows().first().waitFor();
      expect(asked().get('against')).toBe(wide);
      expect(await rows().first().textContent()).toMatch(/Other version of Inside|Ecological red line/);
      const wideness = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wideness).toBeLessThanOrEqual(1024);
      expect(await seriousFaults(page)).toEqual([]);
      expect(here.opened.troubles).toEqual([]);
      expect(here.opened.elsewhere).toEqual([]);
    });

    test('a server that is away is told apart from two runs that are alike', async () => {
      await page.route('**/diff?**', (route) => route.abort());
      await page.reload();
      await page
        .getByRole('alert')
        .getByText(/cannot be reached|not reach|连不上/)
        .waitFor();
      expect(await rows().count()).toBe(0);
      await page.unroute('**/diff?**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await rows().first().waitFor();
    });
  });
});
