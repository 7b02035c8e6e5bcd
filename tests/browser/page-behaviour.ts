/**
 * What the page does with any county that has suspected parcels: asked of the recorded answers here, and of the real
 * server with the sample county. Nothing in here names a parcel.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verdictLooks } from '../../web-map/src/map/palette.ts';
import { paddingOf } from '../../web-map/src/map/shapes.ts';
import { countColours, mapDrawn, type OpenPage, openPage, patience, startBrowser } from './browser.ts';

const list = (page: Page) => page.locator('[role=listbox].rows');
const panel = (page: Page) => page.locator('aside.panel');
const whole = (text: string | null | undefined) => Number((text ?? '').replace(/[^\d.-]/g, ''));

async function booksOf(page: Page): Promise<Record<string, number[]>> {
  const rows: Record<string, number[]> = {};
  for (const cell of await page.locator('.strip [data-book]').all()) {
    const name = (await cell.getAttribute('data-book')) ?? '';
    rows[name] = (await cell.locator('dd').allTextContents()).map((text) => whole(text.replace('m²', '')));
  }
  return rows;
}

export function pageShowsACounty(where: () => string): void {
  let browser: Browser;
  let open: OpenPage;
  let page: Page;
  beforeAll(async () => {
    browser = await startBrowser();
    open = await openPage(browser, where());
    page = open.page;
    await page.getByRole('option').first().waitFor();
    await mapDrawn(page);
  });
  afterAll(() => browser?.close());
  // one page for all, as a day's work is; each test starts with the panel closed
  beforeEach(async () => {
    if ((await panel(page).count()) > 0) await page.getByRole('button', { name: /关闭明细/ }).click();
  });
  afterEach(() => {
    expect(open.troubles, 'errors and warnings of the page').toEqual([]);
    expect(open.elsewhere, 'requests to other hosts').toEqual([]);
  });

  describe('the county', () => {
    test('counts by verdict add up to the parcels, and the books to the area, as printed', async () => {
      const total = whole(await page.locator('.counts > div').first().locator('dd').textContent());
      const counts = await page.locator('.counts [data-verdict] dd').allTextContents();
      expect(counts.map(whole).reduce((a, b) => a + b)).toBe(total);
      const books = await booksOf(page);
      for (const [unit, digits] of [2, 4, 2].entries()) {
        const parts = ['deduct', 'restore', 'remediate', 'kept'].map((book) => books[book]![unit]!);
        expect(parts.reduce((a, b) => a + b).toFixed(digits)).toBe(books['area']![unit]!.toFixed(digits));
      }
    });

    test('the map draws each verdict that occurs in its own colour, and the red line under it', async () => {
      await page.locator('.verdicts [data-filter=all]').click();
      await mapDrawn(page);
      const [red, amber, green] = await countColours(page, [
        verdictLooks.non_compliant.fill,
        verdictLooks.undetermined.fill,
        verdictLooks.compliant.fill,
      ]);
      for (const [verdict, pixels] of Object.entries({ non_compliant: red, undetermined: amber, compliant: green })) {
        const count = whole(await page.locator(`.counts [data-verdict=${verdict}] dd`).textContent());
        if (count > 0) expect(pixels, verdict).toBeGreaterThan(20);
      }
      expect((await countColours(page, ['#a3156b'], 40))[0]).toBeGreaterThan(50);
      await page.locator('.verdicts [data-filter=non_compliant]').click();
    });

    test('opens on what is flagged, and each filter says how many it would leave', async () => {
      await expect
        .poll(() => page.locator('[data-filter=non_compliant]').getAttribute('aria-pressed'), patience)
        .toBe('true');
      for (const verdict of ['non_compliant', 'undetermined', 'compliant']) {
        const told = whole(await page.locator(`.counts [data-verdict=${verdict}] dd`).textContent());
        expect(whole(await page.locator(`.verdicts [data-filter=${verdict}] b`).textContent())).toBe(told);
      }
      const found = page.locator('.found');
      const flagged = whole(await page.locator('.counts [data-verdict=non_compliant] dd').textContent());
      await expect.poll(async () => whole(await found.textContent()), patience).toBe(flagged);
      expect(await page.getByRole('option').first().getAttribute('aria-setsize')).toBe(String(flagged));
    });

    test('the legend names the layers by the registry, and unticking one takes it off the map', async () => {
      const before = (await countColours(page, ['#a3156b'], 40))[0]!;
      const box = page.getByRole('checkbox', { name: /红线/ });
      expect(await box.isChecked()).toBe(true);
      await page.locator('.legend label', { hasText: '红线' }).first().click();
      await page.waitForTimeout(200);
      await mapDrawn(page);
      expect((await countColours(page, ['#a3156b'], 40))[0]).toBeLessThan(before / 4);
      await page.locator('.legend label', { hasText: '红线' }).first().click();
    });

    test('everything fits the screen: no sideways scrolling, no figure cut off', async () => {
      const wider = await page.evaluate<string[]>(`[...document.querySelectorAll('.strip *, .bar, .page, main')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
        .map((e) => e.className || e.tagName)`);
      expect(wider).toEqual([]);
    });
  });

  describe('one parcel', () => {
    test('opens from the list by keyboard alone, has twelve findings, and closes with Escape', async () => {
      await list(page).focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await panel(page).waitFor();
      expect(await page.locator('aside.panel details').count()).toBe(12);
      expect(await panel(page).locator('.sentence').textContent()).toMatch(/疑似不合规.*待人工确认|证据不足/);
      await page.keyboard.press('Escape');
      expect(await panel(page).count()).toBe(0);
      await expect.poll(() => page.evaluate('document.activeElement.className'), patience).toContain('rows');
    });

    test('each finding gives why and basis from the registry, word for word', async () => {
      const answer = await page.request.get(new URL('api/v1/checks', where()).href);
      const checks = ((await answer.json()) as { items: Check[] }).items;
      await page.getByRole('option').first().click();
      for (const check of checks) {
        const text = await page.locator(`aside.panel [data-check=${check.id}]`).textContent();
        expect(text).toContain(check.title.zh);
        expect(text).toContain(check.why.zh);
        for (const { document, clause } of check.basis) expect(text).toContain(`${document} ${clause}`);
      }
    });

    test('its books add up to its area in each unit', async () => {
      await page.getByRole('option').first().click();
      const cell = (book: string, unit: number) =>
        page.locator(`aside.panel tr.${book} td`).nth(unit).textContent().then(whole);
      for (const [unit, digits] of [2, 2, 4].entries()) {
        let sum = 0;
        for (const book of ['deduct', 'restore', 'remediate', 'kept']) sum += await cell(book, unit);
        expect(sum.toFixed(digits)).toBe((await cell('area', unit)).toFixed(digits));
      }
    });

    test('opens by a click on the map, and stands in the address for the next reader', async () => {
      await page.getByRole('option').first().click();
      const name = await panel(page).locator('h2').textContent();
      await mapDrawn(page);
      const address = page.url();
      const before = (await page.locator('.place').boundingBox())!;
      await page.keyboard.press('Escape');
      await page.waitForTimeout(300);
      await mapDrawn(page);
      // the map keeps its middle while it widens: the parcel stays as far from it as it was, between legend and buttons
      const after = (await page.locator('.place').boundingBox())!;
      const { left, right } = paddingOf(before.width);
      const off = (left - right) / 2;
      await page.mouse.click(after.x + after.width / 2 + off, after.y + after.height / 2);
      await panel(page).waitFor({ timeout: 5_000 });
      expect(await panel(page).locator('h2').textContent()).toBe(name);
      await page.goto(address);
      await panel(page).waitFor();
      expect(await panel(page).locator('h2').textContent()).toBe(name);
    });
  });

  test('every control has a name for a screen reader', async () => {
    await page.getByRole('option').first().click();
    const nameless = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('button, input, [role=listbox], canvas, aside, nav, section.legend')]
      .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length || e.textContent.trim()))
      .map((e) => e.outerHTML.slice(0, 120))`);
    expect(nameless).toEqual([]);
  });

  test('reads in English at a switch, and remembers it', async () => {
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('option').first().click();
    expect(await panel(page).locator('.sentence').textContent()).toMatch(/^\s*(Suspected|Not enough evidence)/);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await page.getByRole('option').first().waitFor();
    expect(await page.title()).toBe('Parcel check');
    await page.getByText('中文', { exact: true }).click();
  });
}

interface Check {
  id: string;
  title: { zh: string };
  why: { zh: string };
  basis: { document: string; clause: string }[];
}
