/** A reviewer's work on the page, over the real service: filter, step, decide, undo, and what happens when two decide at once. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ReviewedCounty } from '../http/reviewing.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seriousFaults } from './axe.ts';
import { mapDrawn, patience, picture } from './browser.ts';
import { CountyPage } from './county-page.ts';
import { catchMaps, parcelsDrawn } from './drawn-parcels.ts';

requirePart('chromium', 'cjk-fonts')('a reviewer at work', () => {
  onDatabase('embedded', 'over forty plots, thirty of them forest', (open) => {
    let county: ReviewedCounty;
    let runId: string;
    let setId: string;
    let here: CountyPage;
    let page: Page;
    let url: string;

    beforeAll(async () => {
      here = await CountyPage.start(await open());
      ({ county, url } = here);
      ({ setId, runId } = await county.begin());
    }, 240_000);
    afterAll(() => here?.close());
    beforeEach(async () => {
      page = await here.show('/');
      await rows().first().waitFor();
    });
    afterEach(async () => {
      await here.opened.close();
      // a refusal of the server is an answer, which the browser notes as an error all the same
      expect(
        here.opened.troubles.filter((text) => !/status of 409/.test(text)),
        'errors and warnings of the page',
      ).toEqual([]);
      expect(here.opened.elsewhere, 'requests to other hosts').toEqual([]);
    });

    const rows = () => page.getByRole('option');
    const panel = () => page.locator('aside.panel');
    const opensParcel = async (id: string) => {
      await page.goto(`${url}/?run=${runId}&verdict=all&parcel=${id}`);
      await panel().waitFor();
      await expect.poll(() => panel().locator('h2').textContent(), patience).toContain(id);
      await panel().locator('.review').first().waitFor();
    };
    const flag = (check: string) => panel().locator(`[data-check=${check}] .review`);
    const stateOf = (check: string) => flag(check).locator('[data-state]').getAttribute('data-state');
    const found = async () => Number((await page.locator('.found').textContent())?.replace(/\D/g, ''));
    const beWho = async (name: string) => {
      await page.locator('.who').click();
      await page.locator('#person-name').fill(name);
      await page.getByRole('button', { name: '登记并使用' }).click();
      await expect.poll(() => page.locator('.who').textContent(), patience).toContain(name);
    };
    const choose = async (filter: string, option: RegExp) => {
      await page.locator(`.bar [data-filter=${filter}]`).click();
      await page.locator('.el-select-dropdown__item:visible', { hasText: option }).click();
    };

    test('filters say how many they would leave, stand in the address, and a link opens the same view', async () => {
      await page.locator('.fold').click();
      await choose('check', /红线/);
      // plot 1 lies wholly, plot 2 by half under the red line
      await expect.poll(found, patience).toBe(2);
      // counts that come while a figure is typed take nothing from it
      const area = page.getByLabel('面积不小于（亩）');
      let letThrough = () => {};
      const typed = new Promise<void>((resolve) => {
        letThrough = resolve;
      });
      await page.route('**/facets?**', async (route) => {
        await typed;
        await route.continue();
      });
      const counted = page.waitForResponse(/facets\?.*township/);
      await choose('township', /钟多街道 \(1\)/);
      await area.fill('1');
      letThrough();
      await (await counted).finished();
      await expect.poll(found, patience).toBe(1);
      await expect.poll(() => page.locator('.bar [data-filter=township]').textContent(), patience).toContain('(1)');
      expect(await area.inputValue()).toBe('1');
      await page.unroute('**/facets?**');
      expect(await rows().first().textContent()).toContain('P1');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url(), patience).toContain('area_min=666.67');
      const link = page.url();
      // what is no area stays to be mended and asks nothing; digits of full width are digits
      await area.fill('abc');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: '请填不小于 0 的数' }).waitFor();
      await picture(page, 'area-fault');
      expect([await area.inputValue(), await area.getAttribute('aria-invalid'), page.url()]).toEqual([
        'abc',
        'true',
        link,
      ]);
      await area.fill('２');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url(), patience).toContain('area_min=1333.33');
      expect([await area.inputValue(), await area.getAttribute('aria-invalid')]).toEqual(['2', 'false']);
      await page.goto('about:blank');
      await page.goto(link);
      await rows().first().waitFor();
      await expect.poll(found, patience).toBe(1);
      expect(await page.locator('.more').textContent()).toContain('钟多街道');
      await page.getByRole('button', { name: '清除筛选' }).click();
      await expect.poll(found, patience).toBe(30);
      await page.getByLabel('地块编号、项目编号或名称').fill('p3');
      // P3 and P30 among the thirty
      await expect.poll(found, patience).toBe(2);
    });

    test('one is confirmed by keyboard alone, who decides is asked once, and U takes it back', async () => {
      await rows().first().click();
      await panel().waitFor();
      await panel().locator('.review').first().waitFor();
      await page.keyboard.press('c');
      await page.locator('.decision').waitFor();
      await page.keyboard.press('Enter');
      // no decision without a reason
      await page.getByText('请写明理由').waitFor();
      await page.keyboard.press('2');
      await page.keyboard.press('5');
      await page.locator('.decision').focus();
      await page.keyboard.press('Enter');
      await page.locator('#person-name').fill('张三');
      await page.locator('#person-office').fill('县局');
      await page.keyboard.press('Enter');
      await page.locator('.review.confirmed').waitFor();
      expect(await page.locator('.review.confirmed').textContent()).toMatch(/已确认.*整改恢复.*张三.*现场核实属实/s);
      expect(await panel().locator('.history').textContent()).toContain('已确认');
      expect(await rows().first().textContent()).toContain('已审 1/');
      await panel().locator('h2').focus();
      await page.keyboard.press('u');
      await page.locator('.review.confirmed').waitFor({ state: 'detached' });
      expect(await panel().locator('.history li').count()).toBe(2);
    });

    test('the map shows what the list shows, by state and by text, and follows a decision and its undoing', async () => {
      await catchMaps(page);
      await page.goto(`${url}/?run=${runId}&verdict=all&check=not-cultivated&state=suspected`);
      await rows().first().waitFor();
      await beWho('周九');
      const question = '?check=not-cultivated&state=suspected';
      const listed = async (more = '') =>
        (await county.verdicts(runId, `${question}&limit=100${more}`)).features
          .map(({ properties }) => properties.parcel_id)
          .sort();
      const drawn = async () => (await parcelsDrawn(page)).matching;
      const all = await listed();
      expect(all.length).toBeGreaterThan(20);
      await mapDrawn(page);
      await picture(page, 'filtered-by-state');
      expect(await found()).toBe(all.length);
      expect(await drawn()).toEqual(all);
      // forty plots, and all that are no flag of this kind lie there faintly
      expect((await parcelsDrawn(page)).left.length).toBe(40 - all.length);
      expect(await page.locator('.legend').textContent()).not.toContain('未按');

      await page.getByLabel('地块编号、项目编号或名称').fill('p3');
      await expect.poll(drawn, patience).toEqual(['P3', 'P30']);
      expect(await listed('&q=p3')).toEqual(['P3', 'P30']);
      await mapDrawn(page);
      await picture(page, 'filtered-by-text');

      await rows().filter({ hasText: 'P30' }).click();
      await flag('not-cultivated').waitFor();
      await page.keyboard.press('r');
      await page.keyboard.press('6');
      await page.locator('.decision').focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => stateOf('not-cultivated'), patience).toBe('rejected');
      await page.getByRole('button', { name: '显示全部地块' }).click();
      await expect.poll(drawn, patience).toEqual(['P3']);
      await mapDrawn(page);
      await picture(page, 'filtered-decided');
      expect((await parcelsDrawn(page)).left).toContain('P30');
      await panel().locator('h2').focus();
      await page.keyboard.press('u');
      await expect.poll(() => stateOf('not-cultivated'), patience).toBe('suspected');
      await page.getByRole('button', { name: '显示全部地块' }).click();
      await expect.poll(drawn, patience).toEqual(['P3', 'P30']);
    });

    test('J and K go to the next parcel and back, and R rejects the flag in front', async () => {
      await beWho('李四');
      await rows().first().click();
      await panel().waitFor();
      const first = await panel().locator('h2').textContent();
      await page.keyboard.press('j');
      await expect.poll(() => panel().locator('h2').textContent(), patience).not.toBe(first);
      await page.keyboard.press('k');
      await expect.poll(() => panel().locator('h2').textContent(), patience).toBe(first);
      await opensParcel('P12');
      await page.keyboard.press('r');
      await page.keyboard.press('6');
      await page.keyboard.press('Enter');
      await expect.poll(() => stateOf('not-cultivated'), patience).toBe('rejected');
    });

    test('of two who decide at once the second is told both, and may replace the first', async () => {
      await beWho('王五');
      await opensParcel('P14');
      await page.keyboard.press('c');
      await page.keyboard.press('7');
      const other = await county.person('赵六');
      const item = await county.item(runId, 'P14', 'rejected', { check: 'not-cultivated', reason: '现场正常耕种' });
      expect((await county.decide(other, [item])).status).toBe(201);
      await page.keyboard.press('Enter');
      const conflict = page.locator('.conflict');
      await conflict.waitFor();
      expect(await conflict.textContent()).toMatch(/赵六.*已否定.*现场正常耕种.*您的决定：已确认：图层套合属实/s);
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByRole('button', { name: '以我的决定取代' }).click();
      await expect.poll(() => stateOf('not-cultivated'), patience).toBe('confirmed');
      expect(await panel().locator('.history').textContent()).toMatch(/王五.*赵六.*已被取代/s);
    });

    test('a decision whose figure is another in a later run is shown as out of date, with why', async () => {
      const person = await county.person('钱七');
      const decided = await county.item(runId, 'P1', 'confirmed');
      expect((await county.decide(person, [decided])).status).toBe(201);
      const later = await county.run(setId, { params: { 'eco-red-line': { min_area_m2: 20_000 } } });
      await page.goto(`${url}/?run=${later}&verdict=all&parcel=P1`);
      await flag('eco-red-line').waitFor();
      expect(await flag('eco-red-line').textContent()).toMatch(/已确认.*依据已变.*现在已通过/s);
    });

    test('a batch is shown before it is decided, decided as shown, and taken back as one', async () => {
      await beWho('孙八');
      await page.goto(
        `${url}/?run=${runId}&verdict=non_compliant&check=not-cultivated&state=suspected&township=桃花源街道`,
      );
      await rows().first().waitFor();
      const count = await found();
      await page.getByRole('button', { name: '成批决定…' }).click();
      await page.locator('dialog .chips button').first().click();
      expect(await page.getByRole('button', { name: '决定这' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: '预览' }).click();
      await page.getByText(`将决定 ${count} 个疑似问题，涉及 ${count} 个地块`).waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByRole('button', { name: `决定这 ${count} 个` }).click();
      await page.getByText(`已决定 ${count} 个疑似问题`).waitFor();
      await page.getByRole('button', { name: '关闭', exact: true }).click();
      await expect.poll(found, patience).toBe(0);
      const rejected = await county.verdicts(runId, '?state=rejected&check=not-cultivated');
      expect(rejected.number_matched).toBeGreaterThanOrEqual(count);
      const undo = page.getByRole('button', { name: '撤销上一步 (U)' });
      await undo.click();
      await undo.waitFor({ state: 'detached' });
      await page.reload();
      await expect.poll(found, patience).toBe(count);
    });

    test('has no serious fault of access: filters, a parcel, deciding, and in English on a tablet', async () => {
      await page.locator('.fold').click();
      await mapDrawn(page);
      expect(await seriousFaults(page), 'list and filters').toEqual([]);
      await opensParcel('P3');
      await page.keyboard.press('c');
      await page.locator('.decision').waitFor();
      expect(await seriousFaults(page), 'a decision').toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('.who').click();
      expect(await seriousFaults(page), 'who decides').toEqual([]);
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 1024, height: 768 });
      await page.getByText('English', { exact: true }).click();
      expect(await seriousFaults(page), 'a tablet').toEqual([]);
    });
  });
});
