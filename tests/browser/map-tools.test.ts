/** Measuring, coordinates, and the way to a place, on recorded answers: by clicks and by keyboard alone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { areaM2, type LonLat, lengthM } from '../../web-map/src/map/geodesy.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { mapDrawn, type OpenPage, openPage, patience, picture, startBrowser } from './browser.ts';
import { catchMaps } from './drawn-parcels.ts';
import { type FixtureServer, startFixtureServer } from './fixture-server.ts';

requirePart('chromium', 'cjk-fonts')('the tools of the map', () => {
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
    await page.getByRole('option').first().waitFor();
    await page.locator('.tools').waitFor();
    await mapDrawn(page);
  });
  afterEach(async () => {
    await open.close();
    // that there is no such parcel is an answer, which the browser notes as an error all the same
    const troubles = open.troubles.filter((text) => !/status of 404/.test(text));
    expect(troubles, 'errors and warnings of the page').toEqual([]);
    expect(open.elsewhere, 'requests to other hosts').toEqual([]);
  });

  /** where the page says the pointer or the middle is */
  const position = async (): Promise<LonLat> => {
    const text = (await page.locator('[data-position=degrees]').textContent()) ?? '';
    const [lon, lat] = [...text.matchAll(/\d+\.\d+/g)].map((match) => Number(match[0]));
    return [lon!, lat!];
  };
  const figure = async (unit: string) =>
    Number((await page.locator(`.measure [data-unit=${unit}]`).textContent())?.replace(/[^\d.]/g, ''));
  async function clickAt(x: number, y: number): Promise<LonLat> {
    const box = (await page.locator('.place').boundingBox())!;
    await page.mouse.move(box.x + x, box.y + y);
    await page.waitForTimeout(150);
    const at = await position();
    await page.mouse.click(box.x + x, box.y + y);
    return at;
  }

  test('a ring of four clicks has its area on the ellipsoid in m², 亩 and 公顷, and opens no parcel', async () => {
    await page.getByRole('button', { name: '量面积' }).click();
    const ring: LonLat[] = [];
    for (const [x, y] of [
      [400, 150],
      [600, 150],
      [600, 350],
      [400, 350],
    ] as const)
      ring.push(await clickAt(x, y));
    const area = areaM2(ring);
    // the positions told are to 1e-7 degrees
    await expect.poll(() => figure('m2'), patience).toBeGreaterThan(0);
    expect(Math.abs((await figure('m2')) / area - 1)).toBeLessThan(1e-4);
    expect(Math.abs((await figure('mu')) / (area * 0.0015) - 1)).toBeLessThan(1e-4);
    expect(Math.abs((await figure('ha')) / (area / 10_000) - 1)).toBeLessThan(1e-3);
    expect(await page.locator('aside.panel').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'measure-area');
    // out of order: the edges cross
    await clickAt(500, 100);
    await clickAt(500, 400);
    await page.getByText('边线相交').waitFor();
    await page.getByRole('button', { name: '撤销一点' }).click();
    await page.getByRole('button', { name: '结束', exact: true }).click();
    expect(await page.locator('.measure').count()).toBe(0);
  });

  test('a line is measured by keyboard alone: arrows, Enter at the cross, Backspace, Escape', async () => {
    await page.getByRole('button', { name: '量距离' }).focus();
    await page.keyboard.press('Enter');
    const line: LonLat[] = [];
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
      line.push(await position());
      await page.keyboard.press('Enter');
      await page.keyboard.press(key);
      await page.waitForTimeout(600);
    }
    expect(Math.abs((await figure('m')) / lengthM(line) - 1)).toBeLessThan(1e-4);
    await page.keyboard.press('Backspace');
    expect(Math.abs((await figure('m')) / lengthM(line.slice(0, 2)) - 1)).toBeLessThan(1e-4);
    await page.keyboard.press('Escape');
    expect(await page.locator('.measure').count()).toBe(0);
  });

  test('takes the map to coordinates as bureaus write them, and says where that is in both systems', async () => {
    await page.getByRole('button', { name: '转到坐标或地块' }).click();
    const field = page.getByLabel('坐标或地块编号');
    // 108.8, 28.8 by PROJ
    await field.fill('3187365.19 36578102.08');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await position())[0].toFixed(6), patience).toBe('108.800000');
    expect((await position())[1].toFixed(6)).toBe('28.800000');
    const plane = (await page.locator('[data-position=plane]').textContent()) ?? '';
    expect(plane).toMatch(/X 3187365\.1\d Y 36578102\.0\d（3度带第36带/);
    await field.fill('12 13');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '不在中国范围内' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'goto');
    await page.keyboard.press('Escape');
    expect(await page.locator('.goto').count()).toBe(0);
  });

  test('takes the map to a parcel by its id, or says that there is none', async () => {
    await page.getByRole('button', { name: '转到坐标或地块' }).click();
    const field = page.getByLabel('坐标或地块编号');
    await field.fill('没有这样的');
    await page.keyboard.press('Enter');
    await page.getByText('没有这个地块').waitFor();
    await field.fill('D-0031');
    await page.keyboard.press('Enter');
    await page.locator('aside.panel h2', { hasText: 'D-0031' }).waitFor();
    await mapDrawn(page);
    await picture(page, 'goto-parcel');
  });

  test('edges are smoothed where a graphics chip draws alone; nothing fades in for a reader who wants no motion', async () => {
    const smooth = () =>
      page.evaluate<boolean>(
        `document.querySelector('.maplibregl-canvas').getContext('webgl2').getContextAttributes().antialias`,
      );
    expect(await smooth()).toBe(false);
    await catchMaps(page);
    // 0x9246 is UNMASKED_RENDERER_WEBGL
    await page.addInitScript(`{
      const { getParameter } = WebGL2RenderingContext.prototype;
      WebGL2RenderingContext.prototype.getParameter = function (name) {
        return name === 0x9246 ? 'ANGLE (Intel, Intel(R) UHD Graphics 630 Direct3D11)' : getParameter.call(this, name);
      };
    }`);
    await page.reload();
    await mapDrawn(page);
    expect(await smooth()).toBe(true);
    // 300 each by themselves
    expect(await page.evaluate('[caughtMaps[0].style.getTransition().duration, caughtMaps[0]._fadeDuration]')).toEqual([
      0, 0,
    ]);
  });
});
