/** A file on its way in, by the page, over the real service and the embedded database. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen, type Service, startService } from '../http/service.ts';
import { basicHeads, cornerRows, csvOf, xlsxOf } from '../intake/make-corners.ts';
import { box } from '../intake/make-txt.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { countColours, mapDrawn, type OpenPage, openPage, patience, startBrowser } from './browser.ts';
import { builtPage } from './fixture-server.ts';
import { planeWithoutSystem, wrongNumbers } from './intake-files.ts';

/** a dry run takes some seconds on a busy machine */
const slow = { timeout: 60_000 };

requirePart('chromium', 'cjk-fonts')('a parcel file on the page', () => {
  onDatabase('embedded', 'before it is stored', (open) => {
    let service: Service;
    let browser: Browser;
    let opened: OpenPage;
    let page: Page;
    let url: string;

    beforeAll(async () => {
      await import('../../web-map/build-if-stale.ts');
      service = await startService(await open(), { pageFolder: builtPage });
      ({ url } = await listen(service));
      browser = await startBrowser();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await service?.close();
    });
    beforeEach(async () => {
      opened = await openPage(browser, `${url}/`);
      page = opened.page;
    });
    afterEach(async () => {
      await opened.close();
      // a job that had ended when it was cancelled: the browser itself tells of the answer
      const troubles = opened.troubles.filter((text) => !/status of 409/.test(text));
      expect(troubles, 'errors and warnings of the page').toEqual([]);
      expect(opened.elsewhere, 'requests to other hosts').toEqual([]);
    });

    const choose = (name: string, text: string | Buffer) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'application/geo+json', buffer: Buffer.from(text) });
    const button = (name: 'look' | 'store' | 'leave') => page.locator(`[data-do=${name}]`);
    const reported = () => page.locator('[data-count=parcels]').waitFor(slow);
    const previewIds = () => page.locator('.preview tbody th').allTextContents();
    const stored = async () => {
      const { db } = service.database;
      const count = async (table: 'parcel_set' | 'parcel') =>
        Number((await db.selectFrom(table).select(db.fn.countAll().as('n')).executeTakeFirstOrThrow()).n);
      return { sets: await count('parcel_set'), parcels: await count('parcel') };
    };

    test('is told in full by a dry run, and leaves nothing behind when it is cancelled', async () => {
      await choose('黑水镇地块.geojson', wrongNumbers());
      await reported();
      expect(await page.locator('[data-count=parcels]').textContent()).toBe('12 个');
      expect(await page.locator('[data-decision=crs]').textContent()).toMatch(/国家2000经纬度（EPSG:4490）/);
      expect(await page.locator('[data-decision=encoding]').textContent()).toContain('UTF-8');
      expect(await page.locator('[data-decision=region]').textContent()).toMatch(/500242.*按项目编号/s);
      expect(await page.locator('[data-decision=unit]').textContent()).toMatch(/申报面积按亩计：合计 194\.4 亩/);
      expect(await previewIds()).toEqual(Array.from({ length: 10 }, (_, i) => `9${String(i).padStart(3, '0')}`));
      expect(await page.locator('.preview').textContent()).toContain('黑水-01');
      await mapDrawn(page);
      const [blue] = await countColours(page, ['#174f83'], 40);
      expect(blue, 'outlines of the parcels').toBeGreaterThan(100);
      expect(await stored()).toEqual({ sets: 0, parcels: 0 });

      await button('leave').click();
      await page.locator('.guide').waitFor(patience);
      expect(await stored()).toEqual({ sets: 0, parcels: 0 });
    });

    test('shows each fault of a shape with its row and place, and the map goes there', async () => {
      await choose('faults.geojson', wrongNumbers());
      await reported();
      const row = page.locator('.problems tbody tr', { hasText: '自相交' });
      expect(await row.locator('td').first().textContent()).toBe('3');
      expect(await row.locator('button').textContent()).toMatch(/108\.8045000.*28\.8005000/s);
      await mapDrawn(page);
      const before = await page.locator('.place .maplibregl-ctrl-scale').textContent();
      await row.locator('button').focus();
      await page.keyboard.press('Enter');
      await mapDrawn(page);
      expect(await row.locator('button').getAttribute('aria-pressed')).toBe('true');
      expect(await page.locator('.place .maplibregl-ctrl-scale').textContent()).not.toBe(before);
    });

    test('is corrected, looked at again and stored by keyboard alone, as it was on the screen', async () => {
      await choose('黑水镇地块.geojson', wrongNumbers());
      await reported();
      await page.getByRole('combobox', { name: '地块编号对应的属性' }).focus();
      await page.keyboard.type('自编号');
      await page.keyboard.press('Enter');
      // what was changed must be looked at before it can be stored
      await expect.poll(() => button('store').isDisabled(), patience).toBe(true);
      await button('look').focus();
      await page.keyboard.press('Enter');
      await expect.poll(previewIds, slow).toContain('黑水-01');
      await expect.poll(() => button('store').isEnabled(), slow).toBe(true);
      expect(await stored()).toEqual({ sets: 0, parcels: 0 });

      await button('store').focus();
      await page.keyboard.press('Enter');
      const id = page.locator('[data-set=id]');
      await id.waitFor(slow);
      expect(await page.locator('[data-set=count]').textContent()).toBe('12 个');
      const answer = await page.request.get(`${url}/api/v1/parcel-sets/${await id.textContent()}`);
      expect(await answer.json()).toMatchObject({
        feature_count: 12,
        file_name: '黑水镇地块.geojson',
        decisions: { fields: { parcel_id: '自编号' } },
      });
      expect(await stored()).toEqual({ sets: 1, parcels: 12 });
      await page.getByRole('button', { name: '返回' }).click();
      await page.locator('.guide').waitFor(patience);
    });

    test('has the unit of its areas corrected, and a unit that the sums contradict is warned of', async () => {
      await choose('单位.geojson', wrongNumbers('k'));
      await reported();
      expect(await page.locator('[data-decision=unit]').textContent()).toContain('按合计最接近');
      await page.getByRole('combobox', { name: '改用面积单位' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('option', { name: '公顷' }).click();
      await button('look').click();
      await page.locator('[data-warning=area-unit-against-sums]').waitFor(slow);
      expect(await page.locator('[data-decision=unit]').textContent()).toMatch(/申报面积按公顷计.*按人工指定/s);
      expect(await page.locator('[data-warning=area-unit-against-sums]').textContent()).toContain('按亩计最接近');
      await button('leave').click();
    });

    test('that is here already is not stored twice', async () => {
      const before = await stored();
      await choose('again.geojson', wrongNumbers('b'));
      await reported();
      await button('store').click();
      await page.locator('[data-set=id]').waitFor(slow);
      await page.getByRole('button', { name: '返回' }).click();
      await choose('again.geojson', wrongNumbers('b'));
      await page.getByText('此前已入库，再次确认不会重复入库').waitFor(slow);
      await button('store').click();
      await page.getByText('此前已入库，没有重复入库').waitFor(slow);
      expect((await stored()).sets).toBe(before.sets + 1);
    });

    test('that is refused says why and where, and the system a person names mends it', async () => {
      await choose('无坐标系.geojson', planeWithoutSystem());
      const alert = page.getByRole('alert');
      await alert.waitFor(slow);
      expect(await alert.textContent()).toMatch(/坐标系/);
      expect(await alert.textContent()).toContain('位置：文件 无坐标系.geojson');
      expect(await button('store').isDisabled()).toBe(true);

      await page.getByRole('combobox', { name: /改用坐标系/ }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.type('EPSG:4545');
      await page.waitForTimeout(300);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await button('look').click();
      await reported();
      expect(await page.locator('[data-decision=crs]').textContent()).toMatch(/中央经线108°.*按人工指定/s);
      expect(await page.getByRole('alert').count()).toBe(0);
      // all three by the browser too, from the plane of that system
      expect(await page.locator('[data-key=instant]').textContent()).toContain('3 个');
      await button('leave').click();
    });

    test('whose system was inferred is stored only when a person says that the system is right', async () => {
      await choose('有带号.geojson', planeWithoutSystem('36'));
      await reported();
      expect(await page.locator('[data-decision=crs]').textContent()).toMatch(/第36带.*推断，请核对/s);
      expect(await page.locator('[data-warning=crs-inferred]').count()).toBe(1);
      expect(await button('store').isDisabled()).toBe(true);
      await page.getByRole('checkbox', { name: /坐标系是推断的/ }).focus();
      await page.keyboard.press('Space');
      expect(await button('store').isEnabled()).toBe(true);
      await button('leave').click();
    });

    test('as a workbook of boundary points is tried like any other; a cell that is no coordinate is told by its place', async () => {
      const table = [basicHeads, ...cornerRows([{ id: 'D1', rings: [box(36_577_000, 3_192_000, 100)] }])];
      await choose('界址点.xlsx', await xlsxOf({ 成果表: table }));
      await reported();
      expect(await page.locator('[data-count=parcels]').textContent()).toBe('1 个');
      expect(await page.locator('[data-decision=crs]').textContent()).toMatch(/EPSG:4524.*推断，请核对/s);
      expect(await previewIds()).toEqual(['D1']);
      await button('leave').click();
      await choose('界址点.csv', csvOf(table).replace('3192100', '三'));
      await page.getByRole('alert').waitFor(slow);
      expect(await page.getByRole('alert').textContent()).toMatch(/第 4 行 D 列（X）.*不是数字/s);
      await button('leave').click();
    });

    test('as a zipped shapefile is drawn whole; a broken one is refused in words and does not stall the page', async () => {
      const zip = readFileSync(new URL('../../data-samples/county/parcels.zip', import.meta.url));
      await choose('parcels.zip', zip);
      await reported();
      expect(await page.locator('[data-count=parcels]').textContent()).toBe('558 个');
      // six rows of the sample have no shape
      expect(await page.locator('[data-key=instant]').textContent()).toContain('552 个');
      expect(await page.locator('[data-decision=crs]').textContent()).toMatch(/EPSG:4529.*按 \.prj 文件/s);
      await button('leave').click();
      await choose('broken.zip', zip.subarray(0, zip.length - 200));
      await page.getByRole('alert').waitFor(slow);
      expect(await page.getByRole('alert').textContent()).toContain('broken.zip');
      expect(await page.locator('[data-key=instant]').count()).toBe(0);
      await button('leave').click();
    });

    test('that is left while it is being read stores nothing, and its job ends', async () => {
      const before = await stored();
      const answer = page.waitForResponse((response) => response.url().includes('/parcel-sets?dry_run=true'));
      await choose('left.geojson', wrongNumbers('d'));
      const { job_id } = (await (await answer).json()) as { job_id: string };
      await button('leave').click();
      await page.locator('.guide').waitFor(patience);
      const state = async () =>
        ((await (await page.request.get(`${url}/api/v1/jobs/${job_id}`)).json()) as { state: string }).state;
      await expect.poll(state, slow).toMatch(/cancelled|succeeded/);
      expect(await stored()).toEqual(before);
    });

    test('reads in English at the switch, sentences of the server too, and nothing is cut at 1366×768', async () => {
      await choose('english.geojson', wrongNumbers('c'));
      await reported();
      await page.getByText('English', { exact: true }).click();
      await page.locator('.problems', { hasText: 'The boundary crosses itself' }).waitFor(patience);
      await expect.poll(() => page.locator('.reading').textContent(), patience).not.toMatch(/[一-龥]/);
      const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('.strip, .left, .right, .page')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)`);
      expect(cut).toEqual([]);
      const nameless = await page.evaluate<string[]>(`[...document.querySelectorAll('button, input, canvas')]
        .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length || e.textContent.trim()))
        .map((e) => e.outerHTML.slice(0, 120))`);
      expect(nameless).toEqual([]);
    });
  });
});
