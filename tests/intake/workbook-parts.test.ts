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

  it('a button on the sheet, whose place is told in rows and columns, changes nothing', async () => {
    const place = '<xdr:from><xdr:col>1</xdr:col><xdr:row>5</xdr:row></xdr:from>';
    const button = `<controls><control shapeId="1025" r:id="rId9"><controlPr><anchor>${place}</anchor></controlPr></control></controls>`;
    const with1 = ({ name: part, text }: { name: string; text: string }) => ({
      name: part,
      text: part.includes('/sheet1') ? text.replace('</worksheet>', `${button}</worksheet>`) : text,
    });
    expect((await read(await retell(await xlsxOf({ 甲: rows }), with1), { name })).rows.length).toBe(3);
    // beside a sheet that has nothing but the button
    const emptied = (part: { name: string; text: string }) => {
      const told = with1(part);
      return {
        ...told,
        text: part.name.includes('/sheet1')
          ? told.text.replace(/<sheetData>.*<\/sheetData>/s, '<sheetData/>')
          : told.text,
      };
    };
    expect((await read(await retell(await xlsxOf({ 空: rows, 甲: rows }), emptied), { name })).rows.length).toBe(3);
  });

  it('tags that open two million times and never close keep no one waiting', async () => {
    const open = ({ name: part, text }: { name: string; text: string }) => ({
      name: part,
      text: part.includes('/sheet1') ? text.replace('</worksheet>', `<x t="inlineStr"/>${'<rPh'.repeat(2e6)}`) : text,
    });
    expect(await refusal(await retell(await xlsxOf({ 甲: rows }), open), { name })).toMatchObject({
      code: 'not-a-zip',
    });
  });
});
