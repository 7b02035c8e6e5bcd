/** A parcel file that travels over a line that is slow, broken and down, by the page, over the real service. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen, type Service, startService } from '../http/service.ts';
import { onDatabase } from '../support/databases.ts';
import { type Line, startLine } from '../support/line.ts';
import { requirePart } from '../support/parts.ts';
import { type OpenPage, openPage, patience, startBrowser } from './browser.ts';
import { builtPage } from './fixture-server.ts';
import { wrongNumbers } from './intake-files.ts';

const slow = { timeout: 60_000 };
const MB = 1024 * 1024;
const size = 24 * MB;

requirePart('chromium', 'cjk-fonts')('a large parcel file on the page', () => {
  onDatabase('embedded', 'over a bad line', (open) => {
    let service: Service;
    let browser: Browser;
    let line: Line;
    let opened: OpenPage;
    let page: Page;
    let folder: string;

    beforeAll(async () => {
      await import('../../web-map/build-if-stale.ts');
      service = await startService(await open(), { pageFolder: builtPage });
      line = await startLine((await listen(service)).port);
      folder = mkdtempSync(join(tmpdir(), 'zhanbu-large-'));
      browser = await startBrowser();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      line?.close();
      await service?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      Object.assign(line, { down: false, speed: 0 });
      opened = await openPage(browser, `${line.url}/`);
      page = opened.page;
      await page.locator('.guide').waitFor(patience);
      line.speed = 8 * MB;
    });
    afterEach(async () => {
      await opened.close();
      // a broken line is told in the console by the browser itself
      expect(opened.troubles.filter((text) => !/net::ERR_/.test(text))).toEqual([]);
      expect(opened.elsewhere).toEqual([]);
    });

    /** on the disk, so that it is the same file when it is chosen again */
    const write = (name: string, mark: string) => {
      const path = join(folder, name);
      const text = Buffer.from(wrongNumbers(mark));
      writeFileSync(path, Buffer.concat([text, Buffer.alloc(size - text.length, ' ')]));
      return path;
    };
    const choose = (path: string) => page.locator('input[type=file]').setInputFiles(path);
    const phase = (name: string) => page.locator(`[data-sending][data-phase=${name}]`);
    const percent = async () =>
      Number((/\d+/.exec((await page.locator('[data-sending] .el-progress__text').textContent()) ?? '') ?? [])[0]);
    const past = (least: number) => expect.poll(percent, slow).toBeGreaterThanOrEqual(least);
    const reported = () => page.locator('[data-count=parcels]').waitFor(slow);

    test('goes on by itself when the line is back, and its bytes travel once, for the dry run and for the store', async () => {
      const before = line.sent();
      await choose(write('断线.geojson', 'e'));
      await past(40);
      line.down = true;
      line.cut();
      await phase('waiting').waitFor(slow);
      expect(await page.locator('[data-sending]').textContent()).toContain('网络中断');
      await page.waitForTimeout(1500);
      line.down = false;
      await reported();
      expect(await page.locator('[data-count=parcels]').textContent()).toBe('12 个');
      // what was under way when the line broke, at most a chunk and what lay in buffers, is sent again
      expect(line.sent() - before).toBeLessThan(size + 12 * MB);
      const uploaded = line.sent();
      await page.locator('[data-do=store]').click();
      await page.locator('[data-set=id]').waitFor(slow);
      expect(line.sent() - uploaded).toBeLessThan(MB);
      await page.getByRole('button', { name: '返回' }).click();
      await page.locator('.guide').waitFor(patience);
      const kept = await service.database.pool.query(`select file_name, feature_count from parcel_set`);
      expect(kept.rows).toEqual([{ file_name: '断线.geojson', feature_count: 12 }]);
    });

    test('is paused and gone on with by keyboard', async () => {
      await choose(write('暂停.geojson', 'f'));
      await past(20);
      // on a busy machine the file was there before the key was pressed
      line.speed = MB / 4;
      await page.locator('[data-do=pause]').focus();
      await page.keyboard.press('Enter');
      await phase('paused').waitFor(patience);
      // what lay in buffers goes out; without the pause all of it would, 5 MB between two looks
      line.speed = 8 * MB;
      let sent = -1;
      await expect
        .poll(
          () => {
            const before = sent;
            sent = line.sent();
            return sent - before;
          },
          { interval: 700, timeout: 15_000 },
        )
        .toBeLessThan(10_000);
      const at = await percent();
      expect(at).toBeLessThan(100);
      await page.waitForTimeout(1500);
      expect(await percent()).toBe(at);
      // a question of the page's own has some 500 bytes
      expect(line.sent() - sent).toBeLessThan(10_000);
      await page.locator('[data-do=go-on]').focus();
      await page.keyboard.press('Enter');
      await reported();
      await page.locator('[data-do=leave]').click();
    });

    test('goes on after a reload when the same file is chosen again; one that was changed meanwhile begins anew', async () => {
      const path = write('重新打开.geojson', 'g');
      await choose(path);
      await past(50);
      line.speed = 0;
      await page.reload();
      await page.locator('.guide').waitFor(patience);
      const before = line.sent();
      await choose(path);
      await reported();
      expect(line.sent() - before).toBeLessThan(0.75 * size);
      await page.locator('[data-do=leave]').click();

      line.speed = 8 * MB;
      await choose(write('重新打开.geojson', 'h'));
      await past(50);
      line.speed = 0;
      await page.reload();
      await page.locator('.guide').waitFor(patience);
      const again = line.sent();
      await choose(write('重新打开.geojson', 'i'));
      await reported();
      expect(line.sent() - again).toBeGreaterThan(size);
      await page.locator('[data-do=leave]').click();
    });

    test('that is cancelled on its way leaves nothing on the server', async () => {
      const listed = async () =>
        (await import('node:fs')).readdirSync(join(service.config.dataDir, 'uploads', 'resumable'));
      const before = (await listed()).length;
      await choose(write('取消.geojson', 'j'));
      await past(20);
      expect((await listed()).length).toBe(before + 2);
      await page.locator('[data-do=leave]').click();
      await page.locator('.guide').waitFor(patience);
      await expect.poll(async () => (await listed()).length, patience).toBe(before);
    });
  });
});
