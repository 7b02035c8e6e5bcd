/** A page as it is printed, and what programs that are not the browser read in it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsQR from 'jsqr';
import type { Page } from 'playwright-core';

export interface Printed {
  pages: number;
  /** width and height of a page in points */
  size: string;
  text: string;
  /** what the QR code on the first page says; null where none is read */
  code: string | null;
}

/** By poppler: text, page count and size, and the first page as a picture of 200 dots an inch, in which jsQR looks for a code. */
export async function printed(page: Page): Promise<Printed> {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-pdf-'));
  try {
    const file = join(folder, 'a.pdf');
    writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
    const told = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    execFileSync('pdftoppm', ['-r', '200', '-gray', '-l', '1', '-singlefile', file, join(folder, 'page')]);
    const { width, height, grey } = readPgm(readFileSync(join(folder, 'page.pgm')));
    const rgba = new Uint8ClampedArray(width * height * 4);
    for (let i = 0; i < grey.length; i++) rgba.fill(grey[i]!, 4 * i, 4 * i + 4);
    const read = jsQR as unknown as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
    return {
      pages: Number(/Pages:\s+(\d+)/.exec(told)?.[1]),
      size: /Page size:\s+([\d.]+ x [\d.]+)/.exec(told)?.[1] ?? '',
      text,
      code: read(rgba, width, height)?.data ?? null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Netpbm P5: three numbers, one blank, then a byte a pixel. */
function readPgm(bytes: Buffer): { width: number; height: number; grey: Buffer } {
  const [head = '', width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1')) ?? [];
  return { width: Number(width), height: Number(height), grey: bytes.subarray(head.length) };
}
