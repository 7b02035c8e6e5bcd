/** One parcel on paper, over the real service: the PDF is read by other programs, text and code. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plots, redLine } from '../http/county.ts';
import { landUse, type ReviewedCounty, squares } from '../http/reviewing.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { CountyPage } from './county-page.ts';
import { printed } from './pdf.ts';

/** forest in the west, grass in the east of plot 2 */
const before = squares(
  { west: 108.79, south: 28.79, size: 0.0125, height: 0.1, properties: { DLBM: '0301', DLMC: '乔木林地' } },
  { west: 108.8025, south: 28.79, size: 0.3, properties: { DLBM: '0404', DLMC: '其他草地' } },
);

requirePart(
  'chromium',
  'cjk-fonts',
  'poppler',
)('a parcel on paper', () => {
  onDatabase('embedded', 'of forty plots', (open) => {
    let county: ReviewedCounty;
    let here: CountyPage;
    let page: Page;
    let url: string;
    let runId: string;

    beforeAll(async () => {
      here = await CountyPage.start(await open());
      ({ county, url } = here);
      await county.layer('eco-red-line', redLine, { name: '县生态保护红线', source: '省厅下发' });
      await county.layer('land-use', landUse, { year: '2023' });
      await county.layer('land-use', before, { year: '2019' });
      runId = await county.run(await county.set(plots(40)));
      await county.decide(await county.person('张三'), [await county.item(runId, 'P2', 'confirmed')], {
        run_id: runId,
      });
      page = await here.show(`/?run=${runId}&parcel=P2&verdict=all`);
    }, 240_000);
    afterAll(() => here?.close());

    test('the panel shows the parcel in each year, and leads to its sheet by keyboard', async () => {
      await page.locator('aside.panel [data-year="2019"] svg').waitFor();
      const years = page.locator('aside.panel [data-year]');
      expect(await years.count()).toBe(2);
      expect(await years.nth(0).textContent()).toMatch(/乔木林地.*2019|2019.*乔木林地/s);
      expect(await years.nth(0).textContent()).toContain('其他草地');
      expect(await seriousFaults(page)).toEqual([]);
      await page.locator('aside.panel .print').focus();
      await page.keyboard.press('Enter');
      await page.locator('[data-ready=true] .sheet').waitFor();
      expect(new URL(page.url()).searchParams.get('print')).toBe('1');
      expect(await seriousFaults(page)).toEqual([]);
    });

    test('the PDF is one to three pages of A4 with every figure, clause, source and version as text', async () => {
      await page.reload();
      await page.locator('[data-ready=true] .sheet').waitFor();
      const { pages, size, text, code } = await printed(page);
      expect(pages).toBeGreaterThanOrEqual(1);
      expect(pages).toBeLessThanOrEqual(3);
      expect(size).toMatch(/^59\d(\.\d+)? x 84\d/);
      const parcel = await county.parcel(runId, 'P2');
      const plain = text.replace(/\s+/g, '');
      for (const words of [
        '地块P2',
        '疑似不合规',
        '待人工确认',
        '生态保护红线内',
        '项目1',
        '桃花源街道',
        '面积账',
        '县生态保护红线',
        '省厅下发',
        '张三',
        '现场核实',
        '已确认',
        '待核',
        '2019',
        '2023',
        '其他草地',
        runId,
        'geos',
        'postgresql',
        '酉阳规资发〔2023〕106号',
      ])
        expect(plain).toContain(words.replace(/\s+/g, ''));
      // an area as the run has it, to the hundredth
      const printedM2 = (m2: number) => m2.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
      for (const figure of [parcel.area_m2, parcel.deduct_area_m2]) expect(plain).toContain(printedM2(figure));
      // missing evidence is told as such, never as passed
      expect(plain).toMatch(/25度以上陡坡.{0,80}证据不足|证据不足.{0,80}25度以上陡坡/);
      const sheet = new URL(page.url());
      expect(code).toBe(`${sheet.origin}/?run=${runId}&parcel=P2&place=2`);
      expect(here.opened.troubles).toEqual([]);
      expect(here.opened.elsewhere).toEqual([]);
    });

    test('the code of the sheet opens the parcel, and its Back too', async () => {
      await page.getByRole('link', { name: '返回这个地块' }).click();
      await page.locator('aside.panel h2').waitFor();
      expect(await page.locator('aside.panel h2').textContent()).toBe('地块 P2');
      await page.goBack();
      await page.locator('[data-ready=true] .sheet').waitFor();
    });

    test('in English the sheet is English but for what the county named', async () => {
      await page.evaluate(`localStorage.setItem('zhanbu.language', 'en')`);
      await page.goto(`${url}/?run=${runId}&parcel=P31&print=1`);
      await page.locator('[data-ready=true] .sheet').waitFor();
      const { text, pages } = await printed(page);
      expect(pages).toBeLessThanOrEqual(3);
      expect(text).toContain('Parcel P31');
      expect(text).toMatch(/Engines\s+.*geos/);
      // a key without a word would stand there as it is
      expect(text).not.toMatch(/(print|panel|finding|newRun|summary|review)\.[a-z]/);
      await page.evaluate(`localStorage.removeItem('zhanbu.language')`);
    });

    test('a parcel that is not there, and a server that is away, are told', async () => {
      await page.goto(`${url}/?run=${runId}&parcel=NONE&print=1`);
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('NONE');
      await page.route('**/api/v1/runs/**', (route) => route.abort());
      await page.reload();
      await page.getByText('连不上服务').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
    });
  });
});
