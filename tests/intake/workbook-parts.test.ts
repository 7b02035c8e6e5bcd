import { describe, expect, it } from 'vitest';
import { basicHeads, type CornerPlot, cornerRows, xlsxOf } from './make-corners.ts';
import { box } from './make-txt.ts';
import { read, refusal } from './reading.ts';
import { prefixed, pronounced, renamed, retell, strangeTag } from './retell-workbook.ts';

const [x, y] = [36_577_000, 3_192_000];
const plots: CornerPlot[] = [0, 1, 2].map((n) => ({ id: `D${n + 1}`, rings: [box(x + 200 * n, y, 100)] }));
const rows = [basicHeads, ...cornerRows(plots)];
const name = '界址点.xlsx';

describe('a workbook of another program is read to its last row', () => {
  it.each([
    ['a prefix before every tag, as the Open XML SDK writes', prefixed],
    ['a sheet whose part has no number', renamed],
    ['pronunciation beside the text of a cell', pronounced],
  ])('%s', async (_, tell) => {
    const plain = await read(await xlsxOf({ 甲: rows }), { name });
    const found = await read(await retell(await xlsxOf({ 甲: rows }), tell), { name });
    expect(found.rows.map(({ attributes }) => attributes['地块编号'])).toEqual(['D1', 'D2', 'D3']);
    expect(found.rows.map(({ wkb, row }) => [row, wkb])).toEqual(plain.rows.map(({ wkb, row }) => [row, wkb]));
    expect(found.report.warnings).toEqual(plain.report.warnings);
  });

  it('both sheets of two, of which one part has no number', async () => {
    const two = await xlsxOf({ 甲: rows.slice(0, 6), 乙: [basicHeads, ...rows.slice(6)] });
    expect(await refusal(await retell(two, renamed), { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['甲', '乙'] },
    });
    expect((await read(await retell(two, renamed), { name, sublayer: '*' })).rows.length).toBe(3);
  });

  it('where rows would be lost to a tag that no sheet has, it is refused: never fewer plots without a word', async () => {
    expect(await refusal(await retell(await xlsxOf({ 甲: rows }), strangeTag), { name })).toMatchObject({
      code: 'not-a-zip',
      where: { file: name },
    });
  });

  it('tags that open a thousand times and never close keep no one waiting', async () => {
    const open = ({ name: part, text }: { name: string; text: string }) => ({
      name: part,
      text: part.includes('/sheet1') ? text.replace('</worksheet>', `<x t="inlineStr"/>${'<rPh'.repeat(2e6)}`) : text,
    });
    const began = performance.now();
    await refusal(await retell(await xlsxOf({ 甲: rows }), open), { name });
    expect(performance.now() - began).toBeLessThan(8000);
  }, 20_000);
});
