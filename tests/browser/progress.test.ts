/** The progress of a reception on the page, told by the server as it goes, over a reload of the page. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { plots } from '../http/county.ts';
import { listen, type Service, startService } from '../http/service.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { type OpenPage, openPage, patience, startBrowser } from './browser.ts';
import { builtPage } from './fixture-server.ts';

const slow = { timeout: 120_000 };
const count = 8000;

requirePart('chromium', 'cjk-fonts')('a reception on the page', () => {
  onDatabase('embedded', 'while it goes on', (open) => {
    let service: Service;
    let browser: Browser;
    let opened: OpenPage;
    let page: Page;

    beforeAll(async () => {
      await import('../../web-map/build-if-stale.ts');
      service = await startService(await open(), { pageFolder: builtPage });
      browser = await startBrowser();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await service?.close();
    });
    beforeEach(async () => {
      const port = (service.app.server.address() as { port: number } | null)?.port ?? (await listen(service)).port;
      opened = await openPage(browser, `http://127.0.0.1:${port}/`);
      page = opened.page;
    });
    afterEach(async () => {
      await opened.close();
      expect(opened.troubles).toEqual([]);
      expect(opened.elsewhere).toEqual([]);
    });

    // the job's own bar: the one of the bytes on their way stands deeper, and is full before anything is kept
    const bar = '.going > .el-progress .el-progress__text';
    const percent = async () =>
      Number((/\d+/.exec((await page.locator(bar).textContent({ timeout: 500 })) ?? '') ?? [])[0]);
    /** Until it is as far as that, or done. @returns how far it is */
    const past = async (least: number, done: string) => {
      let at = -1;
      const look = async () => {
        at = await percent().catch(async () => ((await page.locator(done).count()) > 0 ? 100 : -1));
        return at;
      };
      await expect.poll(look, slow).toBeGreaterThanOrEqual(least);
      return at;
    };
    const reported = () => page.locator('[data-count=parcels]').waitFor(slow);

    test('is told by the server as it goes, and a reload finds the dry run and then the storing where they are', async () => {
      const asked: string[] = [];
      page.on('request', (request) => {
        const path = new URL(request.url()).pathname;
        if (path.includes('/jobs/')) asked.push(path.replace(/[0-9a-f-]{36}/, 'id').replace('/api/v1', ''));
      });
      await page.locator('input[type=file]').setInputFiles({
        name: '八千地块.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(plots(count)),
      });
      const before = await past(20, '[data-count=parcels]');
      await page.reload();
      expect(await page.locator('.strip h2').textContent()).toContain('八千地块.geojson');
      await past(before, '[data-count=parcels]');
      await reported();
      expect(await page.locator('[data-count=parcels]').textContent()).toBe('8000 个');
      // once at the beginning and once at the end of each page's life, not every moment
      expect(asked.filter((path) => path === '/jobs/id').length).toBeLessThanOrEqual(4);
      expect(asked.filter((path) => path === '/jobs/id/events').length).toBe(2);

      await page.locator('[data-do=store]').click();
      const stored = await past(15, '[data-set=id]');
      await page.reload();
      await past(stored, '[data-set=id]');
      await page.locator('[data-set=id]').waitFor(slow);
      expect(await page.locator('[data-set=count]').textContent()).toBe('8000 个');
      const sets = await service.database.pool.query('select feature_count from parcel_set');
      expect(sets.rows).toEqual([{ feature_count: count }]);
      // what is stored is not taken up again
      await page.reload();
      await page.locator('.guide').waitFor(patience);
    });

    test('a file that was looked at is still there after a reload, with what was corrected, and leaves when it is left', async () => {
      await page.locator('input[type=file]').setInputFiles({
        name: '更正.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(plots(5)),
      });
      await reported();
      await page.getByRole('textbox', { name: '改用六位县级代码' }).fill('500241');
      await page.reload();
      await reported();
      expect(await page.getByRole('textbox', { name: '改用六位县级代码' }).inputValue()).toBe('500241');
      await expect.poll(() => page.locator('[data-do=store]').isDisabled(), patience).toBe(true);
      await page.locator('[data-do=look]').click();
      await expect.poll(() => page.locator('[data-decision=region]').textContent(), slow).toContain('500241');
      await page.locator('[data-do=leave]').click();
      await page.locator('.guide').waitFor(patience);
      await page.reload();
      await page.locator('.guide').waitFor(patience);
    });
  });
});
