/** What lies under the parcels on the real service: a basemap of another host that is set, and photos where they were taken. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBasemaps } from '../../server/domain/basemaps.ts';
import { encodePng } from '../../server/tiles/png.ts';
import { jpeg, takenAt } from '../http/photos.ts';
import { ReviewedCounty } from '../http/reviewing.ts';
import { form, listen, startService } from '../http/service.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { countColours, mapDrawn, openPage, picture, startBrowser } from './browser.ts';
import { builtPage } from './fixture-server.ts';

const teal = '#3c9696';
const attribution = '演示影像 审图号 GS(2024)0000号';

requirePart('chromium', 'cjk-fonts')('what lies under the parcels', () => {
  onDatabase('embedded', 'with a basemap that is set', (open) => {
    let imagery: Server;
    let county: ReviewedCounty;
    let browser: Browser;
    let url: string;
    let host: string;
    let runId: string;
    const asked: string[] = [];

    beforeAll(async () => {
      await import('../../web-map/build-if-stale.ts');
      const tile = encodePng(256, 256, new Uint8Array(65_536), [[0x3c, 0x96, 0x96, 255]]);
      imagery = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' }).end(tile);
      });
      await new Promise<void>((resolve) => imagery.listen(0, '127.0.0.1', resolve));
      host = `http://127.0.0.1:${(imagery.address() as AddressInfo).port}`;
      const tiles = [`${host}/wmts?layer=img&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=key`];
      const basemaps = readBasemaps(JSON.stringify([{ name: '演示影像', tiles, attribution }]));
      county = new ReviewedCounty(await startService(await open(), { pageFolder: builtPage, config: { basemaps } }));
      ({ runId } = await county.begin());
      ({ url } = await listen(county.service));
      browser = await startBrowser();
    }, 240_000);
    afterAll(async () => {
      await browser?.close();
      await county?.service.close();
      imagery?.close();
    });

    test('no other host is asked for anything until a basemap is chosen; then it alone, and it is named', async () => {
      const { page, troubles, elsewhere, close } = await openPage(browser, `${url}/`);
      await page.getByRole('option').first().waitFor();
      await page.getByRole('radio', { name: '演示影像' }).waitFor();
      await mapDrawn(page);
      expect([elsewhere, asked]).toEqual([[], []]);
      const policy = (await page.request.get(`${url}/`)).headers()['content-security-policy'] ?? '';
      expect(policy).toContain(`img-src 'self' data: blob: ${host};`);
      expect(policy).toContain(`connect-src 'self' ${host};`);
      expect(policy).toContain("script-src 'self';");
      await page.getByRole('radio', { name: '无（仅本系统图层）' }).focus();
      await page.keyboard.press('ArrowDown');
      await mapDrawn(page);
      expect((await countColours(page, [teal], 6))[0]).toBeGreaterThan(50_000);
      expect(asked[0]).toMatch(/^\/wmts\?layer=img&TILEMATRIX=\d+&TILEROW=\d+&TILECOL=\d+&tk=key$/);
      expect(new Set(elsewhere.map((one) => new URL(one).origin))).toEqual(new Set([host]));
      expect(await page.locator('.attribution').textContent()).toBe(attribution);
      expect(await seriousFaults(page)).toEqual([]);
      expect(troubles).toEqual([]);
      await picture(page, 'basemap');
      await page.reload();
      await page.locator('.attribution').waitFor();
      await page.getByRole('radio', { name: '无（仅本系统图层）' }).check();
      expect(await page.locator('.attribution').count()).toBe(0);
      await close();
    });

    test('photos of a decision stand where they were taken, by their name', async () => {
      const person = await county.person('李四');
      // plot 1 lies from 108.8° E, 28.8° N, under the red line
      const photo = {
        name: 'file',
        file: '现场.jpg',
        data: jpeg({ exif: takenAt(108.8004, 28.8004) }),
        type: 'image/jpeg',
      };
      const { headers, payload } = form([photo]);
      const attached = await county.service.app.inject({
        method: 'POST',
        url: '/api/v1/attachments',
        payload,
        headers: { ...headers, 'x-person-id': person },
      });
      const { attachment_id } = attached.json();
      const item = await county.item(runId, 'P1', 'confirmed', { attachments: [attachment_id] });
      expect((await county.decide(person, [item])).status).toBe(201);
      const { page, troubles, close } = await openPage(browser, `${url}/?run=${runId}&parcel=P1`);
      await page.locator('.review.confirmed').waitFor();
      await mapDrawn(page);
      // the ring and the lens of one photo: some hundred pixels, and its name
      expect((await countColours(page, ['#0b6b66'], 12))[0]).toBeGreaterThan(80);
      expect(troubles).toEqual([]);
      await picture(page, 'photo');
      await close();
    });
  });
});
