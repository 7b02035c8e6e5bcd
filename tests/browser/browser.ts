/** Debian's Chromium, drawing WebGL in software, and a page that keeps note of everything that should not happen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../support/part-list.ts';

/**
 * Without the background-networking flags Chromium asks hosts of its own maker at every start. Only WebGL is drawn by the software GPU:
 * with all that is around the map, as by default, a page takes 5.7 s of CPU until it stands and 2.6 without a map, instead of 4.2 and 1.7.
 */
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing',
];

/** what the driver of that software GPU says of itself: the map's pixels are read back to be put beside the rest */
const ofTheDriver = /GL Driver Message \(OpenGL, Performance/;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath()!, args: flags });
}

/** for what comes when it comes: a busy machine draws slowly */
export const patience = { timeout: 20_000 };

export interface OpenPage {
  page: Page;
  /** console errors, uncaught errors, refusals of the content policy */
  troubles: string[];
  /** requests to any other origin */
  elsewhere: string[];
  close: () => Promise<void>;
}

/** 1366×768, the smallest screen the page is made for; the time zone is China's. */
export async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const elsewhere: string[] = [];
  const origin = new URL(url).origin;
  page.on('console', (message) => {
    const isTrouble = ['error', 'warning'].includes(message.type()) && !ofTheDriver.test(message.text());
    if (isTrouble) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && !['data:', 'blob:'].includes(asked.protocol)) elsewhere.push(request.url());
  });
  await page.goto(url);
  return { page, troubles, elsewhere, close: () => context.close() };
}

/** A picture to look at, where ZHANBU_PICTURES names a folder for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['ZHANBU_PICTURES'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Waits until the map has drawn all it was given. */
export async function mapDrawn(page: Page): Promise<void> {
  await page.locator('[data-idle="true"]').waitFor({ timeout: 45_000 });
  await page.waitForTimeout(300);
  await page.locator('[data-idle="true"]').waitFor({ timeout: 45_000 });
}

/** How many pixels of the map, or of another place, are within `tolerance` of each colour (`#rrggbb`). */
export async function countColours(
  page: Page,
  colours: string[],
  tolerance = 12,
  place = page.locator('.place'),
): Promise<number[]> {
  const png = await place.screenshot();
  const code = `(async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(png.toString('base64'))}), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return ${JSON.stringify(colours)}.map((colour) => {
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const off = Math.max(Math.abs(data[i] - r), Math.abs(data[i + 1] - g), Math.abs(data[i + 2] - b));
        if (off <= ${tolerance}) count += 1;
      }
      return count;
    });
  })()`;
  return page.evaluate<number[]>(code);
}
