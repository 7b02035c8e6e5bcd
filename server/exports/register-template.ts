/** The empty register that a bureau fills in: the columns that intake reads, by the same words, so that what is filled in is taken back. */
import ExcelJS from 'exceljs';
import { type AreaUnit, areaUnitTitle } from '../domain/area-units.ts';
import { type RegisterColumn, registerColumnIds, registerColumns } from '../intake/register/columns.ts';
import { styles } from './xlsx/sheet.ts';

export const templateSheet = '项目登记';
/** rows that are laid out as text and dates: more can be added below */
const preparedRows = 500;

/** 数量（公顷）, 产能（公斤）: the unit stands in the heading, where it is read. */
export function templateHeads(unit: AreaUnit): string[] {
  return registerColumnIds.map((id) => {
    const { head, kind } = registerColumns[id];
    return kind === 'area' ? `${head}（${areaUnitTitle[unit].zh}）` : kind === 'capacity' ? `${head}（公斤）` : head;
  });
}

/** UTF-8 with a mark, so that spreadsheets read the Chinese. */
export function csvTemplate(unit: AreaUnit): Buffer {
  return Buffer.from(`\uFEFF${templateHeads(unit).join(',')}\r\n`);
}

export async function xlsxTemplate(unit: AreaUnit): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = '占补核查';
  const sheet = workbook.addWorksheet(templateSheet, { views: [{ state: 'frozen', xSplit: 2, ySplit: 1 }] });
  sheet.columns = registerColumnIds.map((id) => ({
    width: registerColumns[id].width,
    style: { numFmt: formatOf(id) },
  }));
  const heads = templateHeads(unit);
  const head = sheet.addRow(heads);
  head.height = 30;
  head.eachCell((cell) => {
    cell.style = styles.head;
  });
  const status = registerColumnIds.indexOf('status') + 1;
  for (let row = 2; row <= preparedRows + 1; row++) {
    sheet.getCell(row, status).dataValidation = {
      type: 'list',
      allowBlank: true,
      formulae: ['"已核定,待核定"'],
      showErrorMessage: true,
      errorTitle: '状态',
      error: '请选择“已核定”或“待核定”',
    };
  }
  writeNotes(workbook, heads);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/**
 * Codes and documents are text: a code of 14 digits shown as 5.00242E+13 loses them on the way to CSV. Dates too: 2021 typed into a cell of
 * dates becomes the 2021st day of the calendar, 1905-07-13.
 */
function formatOf(id: RegisterColumn): string {
  const { kind } = registerColumns[id];
  return kind === 'area' ? '0.0000##' : kind === 'capacity' ? '0.##' : '@';
}

function writeNotes(workbook: ExcelJS.Workbook, heads: readonly string[]): void {
  const notes = workbook.addWorksheet('填表说明');
  notes.columns = [{ width: 22 }, { width: 90 }, { width: 26 }];
  const line = (values: string[], style = styles.line) => {
    notes.addRow(values).eachCell((cell) => {
      cell.style = style;
    });
  };
  line(['列', '说明', '示例'], styles.head);
  for (const [place, id] of registerColumnIds.entries())
    line([heads[place]!, registerColumns[id].note.zh, registerColumns[id].example]);
  line(['', '一行一个项目，只填“项目登记”表；表头不要改动，列的先后可以调换。', '']);
  line(['', '有一处不对就整个文件不导入，系统逐行逐列说明；更正后重新上传整个文件。', '']);
  line(['', '重新上传即成为新版本，原版本留存；已完成的核查仍按当时的版本。', '']);
}
