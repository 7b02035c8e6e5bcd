/** The register's template opened by another program, which shows it as a clerk sees it. */
import { expect, it } from 'vitest';
import { csvTemplate, templateHeads, xlsxTemplate } from '../../server/exports/register-template.ts';
import { requirePart } from '../support/parts.ts';
import { ownFolder, parseCsv, throughLibreOffice } from './readers.ts';

requirePart('libreoffice')('the template of the project register', () => {
  const folder = ownFolder();

  it('opens in LibreOffice with a heading that names the unit, and a sheet that says how to fill it in', async () => {
    const sheets = await throughLibreOffice(await xlsxTemplate('mu'), await folder());
    expect([...sheets.keys()].sort()).toEqual(['填表说明', '项目登记'].sort());
    expect(sheets.get('项目登记')![0]).toEqual([
      '备案编号',
      '项目名称',
      '乡镇',
      '立项日期',
      '立项文号',
      '验收日期',
      '验收文号',
      '合格证编号',
      '数量（亩）',
      '其中水田（亩）',
      '产能（公斤）',
      '状态',
    ]);
    const notes = sheets.get('填表说明')!;
    expect(notes.slice(1, 13).map(([column]) => column)).toEqual(sheets.get('项目登记')![0]);
    expect(notes.flat().join()).toContain('有一处不对就整个文件不导入');
  });

  it('is the same as CSV, with a mark that makes spreadsheets read UTF-8', () => {
    const bytes = csvTemplate('ha');
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(parseCsv(bytes.toString('utf8'))).toEqual([templateHeads('ha')]);
  });
});
