/** Layers on and off, fainter, and two years of land use side by side, on recorded answers. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { countColours, mapDrawn, type OpenPage, openPage, patience, picture, startBrowser } from './browser.ts';
import { type FixtureServer, startFixtureServer } from './fixture-server.ts';

/** land use on paper: forest of 2019, and 2023, whose class is not told */
const [forest, other] = ['#d9e5d0', '#e8e5df'];

requirePart('chromium', 'cjk-fonts')('the layers of the map', () => {
  let server: FixtureServer;
  let browser: Browser;
  let open: OpenPage;
  let page: Page;
  beforeAll(async () => {
    await import('../../web-map/build-if-stale.ts');
    server = await startFixtureServer();
    browser = await startBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    open = await openPage(browser, server.url);
    page = open.page;
    await ready();
  });
  afterEach(async () => {
    await open.close();
    expect(open.troubles, 'errors and warnings of the page').toEqual([]);
    expect(open.elsewhere, 'requests to other hosts').toEqual([]);
  });

  async function ready(): Promise<void> {
    await page.getByRole('option').first().waitFor();
    await page.locator('.tools').waitFor();
    await mapDrawn(page);
  }

  test('an opacity by keyboard, and what is shown, hold over a reload', async () => {
    const red = async () => (await countColours(page, ['#a3156b'], 40))[0]!;
    const before = await red();
    await page.getByRole('button', { name: '不透明度：生态保护红线' }).click();
    const slider = page.getByRole('slider', { name: '不透明度：生态保护红线' });
    await slider.focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuetext')).toBe('20%');
    await mapDrawn(page);
    expect(await red()).toBeLessThan(before / 4);
    await page.locator('.legend label', { hasText: '乡镇界' }).click();
    await page.reload();
    await ready();
    expect(await page.getByRole('button', { name: '不透明度：生态保护红线' }).textContent()).toContain('20%');
    expect(await page.getByRole('checkbox', { name: '乡镇界' }).isChecked()).toBe(false);
    expect(await red()).toBeLessThan(before / 4);
  });

  test('slope classes lie under the parcels, and steep cells about the selected one, by the limit of the run', async () => {
    await page.goto(`${server.url}?run=run-2&parcel=D-0031`);
    await ready();
    const label = (text: string | RegExp) => page.locator('[data-terrain] label', { hasText: text });
    await label(/坡度大于 25° 的格网/).click();
    await mapDrawn(page);
    expect(server.asked.some((one) => /styles\/slope\/map\/tiles\/.*over=25/.test(one))).toBe(true);
    await picture(page, 'steep');
    await label(/坡度大于 25°/).click();
    await label('坡度分级').click();
    await mapDrawn(page);
    // ≤2° over paper: 150, 205, 150 of which four fifths
    expect((await countColours(page, ['#aad5a9'], 8))[0]).toBeGreaterThan(2_000);
    expect(await page.locator('[data-terrain=slope]').textContent()).toMatch(/2–6°.*>25°（斜纹）.*无数据/s);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'slope');
  });

  test('two years of land use lie left and right of a line that keys move', async () => {
    await page.getByRole('button', { name: '两年地类卷帘对比' }).click();
    const line = page.getByRole('slider', { name: '卷帘线' });
    await line.focus();
    expect(await line.getAttribute('aria-valuetext')).toBe('左侧 2019 年占 50%，右侧 2023 年占 50%');
    await mapDrawn(page);
    const both = await countColours(page, [forest, other], 4);
    const pixels = async () => {
      await page.waitForTimeout(150);
      return countColours(page, [forest, other], 4);
    };
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'swipe');
    await page.keyboard.press('End');
    const [forestAlone, none] = await pixels();
    expect(forestAlone).toBeGreaterThan(both[0]!);
    expect(none).toBeLessThan(both[1]! / 4);
    await page.keyboard.press('Home');
    const [gone, otherAlone] = await pixels();
    expect(gone).toBeLessThan(both[0]! / 4);
    expect(otherAlone).toBeGreaterThan(5_000);
    // the years change sides
    await page.getByLabel('左侧年份').selectOption({ label: '2023 年' });
    await page.getByLabel('右侧年份').selectOption({ label: '2019 年' });
    await line.focus();
    await page.keyboard.press('PageUp');
    await expect
      .poll(() => line.getAttribute('aria-valuetext'), patience)
      .toBe('左侧 2023 年占 10%，右侧 2019 年占 90%');
    await page.keyboard.press('Escape');
    expect(await line.count()).toBe(0);
  });

  test('under the line the map is moved and parcels are picked as ever', async () => {
    await page.goto(`${server.url}?run=run-2&parcel=D-0031`);
    await ready();
    await page.getByRole('button', { name: '两年地类卷帘对比' }).click();
    await mapDrawn(page);
    await picture(page, 'swipe-parcel');
    await page.locator('aside.panel button[aria-label*="关闭"]').first().click();
    await page.waitForTimeout(300);
    await mapDrawn(page);
    const box = (await page.locator('.place').boundingBox())!;
    await page.mouse.move(box.x + 700, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 640, box.y + 300, { steps: 4 });
    await page.mouse.up();
    expect(await page.getByRole('slider', { name: '卷帘线' }).count()).toBe(1);
    await mapDrawn(page);
    await picture(page, 'swipe-moved');
  });
});
