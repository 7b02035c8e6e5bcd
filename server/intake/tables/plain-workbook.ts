/**
 * A workbook as its reader can take it. exceljs knows tags by their letters alone and sheets by the file name sheetN.xml, leaves
 * others out, and takes the end of a tag that it does not know within a cell for the end of the sheet: rows would be gone
 * without a word.
 */
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { GuardedZip } from '../zip-guard.ts';

export const isSheet = (name: string) => /^xl\/worksheets\/[^/]*\.xml$/i.test(name);
const relations = 'xl/_rels/workbook.xml.rels';
/** what values are read from: no pictures, comments, tables */
const isNeeded = (name: string) =>
  isSheet(name) ||
  /^(_rels\/\.rels|xl\/(workbook|styles|sharedStrings)\.xml|xl\/_rels\/workbook\.xml\.rels)$/i.test(name);
const wellNamed = (name: string) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name);
const root = /<([A-Za-z_][\w.-]*):(?:workbook|styleSheet|sst|worksheet)[\s>]/;

/** Whether this part has to be written otherwise before exceljs reads it. */
export function isOdd(name: string, path: string): boolean {
  if (!isNeeded(name)) return false;
  if (isSheet(name) && !wellNamed(name)) return true;
  const bytes = readFileSync(path);
  if (root.test(bytes.toString('latin1', 0, 2048))) return true;
  // a sheet may have a phoneticPr of its own, as all of Chinese Excel have: it does no harm outside a cell's own text
  return isSheet(name) && bytes.includes('inlineStr') && (bytes.includes('<rPh') || bytes.includes('<phoneticPr'));
}

/**
 * Programs on .NET (Open XML SDK, ClosedXML) give every tag a prefix, `<x:row>`; pronunciation stands beside the text of a
 * cell (ECMA-376 part 1, 18.4.3 and 18.4.6).
 */
function plain(name: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const prefix = root.exec(text.slice(0, 2048))?.[1];
  const bare = prefix === undefined ? text : text.replaceAll(`<${prefix}:`, '<').replaceAll(`</${prefix}:`, '</');
  if (!isSheet(name)) return bare;
  return without(bare, '<rPh', '</rPh>').replaceAll(/<phoneticPr\b[^>]{0,200}(?:\/>|>\s{0,20}<\/phoneticPr>)/g, '');
}

/** One pass, however often it opens and never closes. */
function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const from = text.indexOf(open, at);
    const to = from < 0 ? -1 : text.indexOf(close, from);
    if (to < 0) return kept.join('') + text.slice(at);
    kept.push(text.slice(at, from));
    at = to + close.length;
  }
}

/** Writes the workbook anew, values and names as they were. @returns its path, in `folder` */
export async function writePlain(zip: GuardedZip, folder: string, beat: () => void): Promise<string> {
  const out = new yazl.ZipFile();
  const renamed = new Map<string, string>();
  let links: string | undefined;
  for (const entry of zip.entries.filter(({ name }) => isNeeded(name))) {
    const path = join(folder, 'part');
    await zip.extract(entry, path, beat);
    const text = plain(entry.name, readFileSync(path));
    rmSync(path);
    if (entry.name === relations) links = text;
    else {
      const name =
        isSheet(entry.name) && !wellNamed(entry.name) ? `xl/worksheets/sheet${9e6 + renamed.size}.xml` : entry.name;
      if (name !== entry.name) renamed.set(entry.name, name);
      out.addBuffer(Buffer.from(text), name, { compressionLevel: 1 });
    }
  }
  for (const [from, to] of renamed) links = links?.replaceAll(`${from.slice(3)}"`, `${to.slice(3)}"`);
  if (links !== undefined) out.addBuffer(Buffer.from(links), relations);
  out.end();
  const path = join(folder, 'plain.xlsx');
  await pipeline(out.outputStream, createWriteStream(path, { mode: 0o600 }));
  return path;
}

/**
 * How many rows a sheet's part has, whatever its reader makes of them; a prefix may stand before the tag. Only within its data: the place
 * of a button is told in rows too (`xdr:row`).
 */
export function rowsWritten(path: string): number {
  const bytes = readFileSync(path);
  const opens = /<(?:[A-Za-z_][\w.-]*:)?$/;
  const tagAt = (word: string, from: number): number => {
    for (let at = bytes.indexOf(word, from); at >= 0; at = bytes.indexOf(word, at + 1)) {
      const next = String.fromCharCode(bytes[at + word.length] ?? 0);
      if (' >/\t\r\n'.includes(next) && opens.test(bytes.toString('latin1', Math.max(0, at - 32), at))) return at;
    }
    return -1;
  };
  const data = tagAt('sheetData', 0);
  // <sheetData/>: no rows, and nothing that closes it
  if (data < 0 || bytes[data + 'sheetData'.length] === 0x2f) return 0;
  // the tag that closes it ends in the word too
  const end = bytes.indexOf('sheetData>', data + 'sheetData>'.length);
  let rows = 0;
  for (let at = tagAt('row', data); at >= 0 && (end < 0 || at < end); at = tagAt('row', at + 3)) rows++;
  return rows;
}
