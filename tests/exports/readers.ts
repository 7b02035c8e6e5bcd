/** Other programs that read what the exports wrote: GDAL and LibreOffice. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { type Entry, fromBuffer, type Options, type ZipFile } from 'yauzl';

const run = promisify(execFile);
const openZip = promisify<Buffer, Options, ZipFile>(fromBuffer);

/** A folder of the test file's own, gone when it is done. */
export function ownFolder(): () => Promise<string> {
  let folder: string | undefined;
  afterAll(async () => {
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    folder ??= await mkdtemp(join(tmpdir(), 'zhanbu-exports-'));
    return folder;
  };
}

/** `ogr2ogr -f <driver>` of a file, read back as text. */
export async function throughGdal(source: string, driver: 'GeoJSON' | 'CSV', options: string[] = []): Promise<string> {
  const { stdout } = await run('ogr2ogr', ['-f', driver, '/vsistdout/', source, ...options], { maxBuffer: 1e8 });
  return stdout;
}

export async function ogrinfo(...args: string[]): Promise<string> {
  const { stdout } = await run('ogrinfo', args, { maxBuffer: 1e8 });
  return stdout;
}

/** Every sheet of a workbook as LibreOffice shows it: rows of cell texts. */
export async function throughLibreOffice(xlsx: Uint8Array, folder: string): Promise<Map<string, string[][]>> {
  const path = join(folder, 'book.xlsx');
  await writeFile(path, xlsx);
  // 44 comma, 34 quote, 76 UTF-8, all sheets (-1), cells as shown
  const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1';
  const profile = `-env:UserInstallation=file://${folder}/office`;
  await run('soffice', [profile, '--headless', '--convert-to', filter, '--outdir', folder, path], { timeout: 120_000 });
  const sheets = new Map<string, string[][]>();
  for (const name of await readdir(folder)) {
    if (!name.startsWith('book-') || !name.endsWith('.csv')) continue;
    sheets.set(name.slice('book-'.length, -'.csv'.length), parseCsv(await readFile(join(folder, name), 'utf8')));
  }
  return sheets;
}

/** RFC 4180, written for the tests: what is read here was not written by the reader. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else if (c !== '\r') cell += c;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** One entry of a zip on disk. */
export async function entryOf(path: string, name: string): Promise<Buffer> {
  const zip = await openZip(await readFile(path), { lazyEntries: true });
  return new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => reject(new Error(`no ${name} in ${path}`)));
    zip.on('entry', (entry: Entry) => {
      if (entry.fileName !== name) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(buffer(stream))));
    });
    zip.readEntry();
  });
}
