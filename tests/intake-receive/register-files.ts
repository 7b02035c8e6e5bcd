/** Register files made for one test: rows of the template as CSV and as a workbook. */
import ExcelJS from 'exceljs';
import iconv from 'iconv-lite';

export const heads = [
  '备案编号',
  '项目名称',
  '乡镇',
  '立项日期',
  '立项文号',
  '验收日期',
  '验收文号',
  '合格证编号',
  '数量（公顷）',
  '其中水田（公顷）',
  '产能（公斤）',
  '状态',
];

export type Row = (string | number | Date | object | null)[];

/** A certified project; what is given replaces the columns by their place. */
export function project(code: string, more: Partial<Record<string, Row[number]>> = {}): Row {
  const values: Record<string, Row[number]> = {
    备案编号: code,
    项目名称: `项目${code.slice(-4)}`,
    乡镇: '钟多街道',
    立项日期: '2019-05-01',
    立项文号: '酉规资〔2019〕12号',
    验收日期: '2020-11-30',
    验收文号: '酉规资验〔2020〕8号',
    合格证编号: `合${code.slice(-4)}`,
    '数量（公顷）': '12.5',
    '其中水田（公顷）': '2.5',
    '产能（公斤）': '93750',
    状态: '已核定',
    ...more,
  };
  return heads.map((head) => values[head] ?? null);
}

export function csv(rows: Row[], encoding = 'utf8', head: string[] = heads): Buffer {
  const quoted = (value: Row[number]) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return iconv.encode([head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join(''), encoding);
}

export async function xlsx(rows: Row[], head: Row = heads, sheet = '项目登记'): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.addWorksheet(sheet).addRows([head, ...rows]);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}
