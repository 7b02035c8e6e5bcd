/** Where the heading of a register stands, which column is what, and in which units its figures are. Pure. */
import { type AreaUnit, areaUnitTitle } from '../../domain/area-units.ts';
import { AppError, type Where } from '../../errors.ts';
import { printable } from '../printable.ts';
import { columnLetter, type TableRow } from '../tables/table.ts';
import { type RegisterColumn, registerColumnIds, registerColumns } from './columns.ts';
import type { Table } from './table-file.ts';

/** titles, a line of units and of who filled it in stand above a heading; past these rows there is none */
const searched = 20;

export interface FoundColumn {
  index: number;
  /** its letter in the sheet, and what the file calls it */
  letter: string;
  field: string;
}

export interface Heading {
  table: Table;
  columns: Partial<Record<RegisterColumn, FoundColumn>>;
  /** rows under the heading */
  rows: TableRow[];
  unit: AreaUnit;
  unit_source: 'user' | 'heading' | 'line';
  /** kg of one unit of capacity */
  capacity_kg: number;
  capacity_source: 'heading' | 'assumed';
}

/** Letters of a heading without blanks, marks and its bracketed unit; the unit apart. */
function plain(text: string): { name: string; unit: string } {
  const letters = text
    .normalize('NFKC')
    .replaceAll(/[\s*:：、,，]/g, '')
    .toUpperCase();
  const parts = /^(.*?)(?:[([【/_](.+?)[)\]】]?)?$/.exec(letters);
  // headings such as START_DOCUMENT have no unit behind their mark
  const unit = (parts?.[2] ?? '').replace(/^单位/, '');
  return areaUnitOf(unit) !== null || capacityOf(unit) !== null || /[([【]/.test(letters)
    ? { name: parts?.[1] ?? letters, unit }
    : { name: letters, unit: '' };
}

const areaUnitOf = (unit: string): AreaUnit | null =>
  /^(公顷|HM2|HA|HECTARES?)$/i.test(unit)
    ? 'ha'
    : /^(亩|MU)$/i.test(unit)
      ? 'mu'
      : /^(平方米|M2)$/i.test(unit)
        ? 'm2'
        : null;

const capacityUnits: Record<string, number> = { 公斤: 1, 千克: 1, KG: 1, 吨: 1000, T: 1000, 万公斤: 10_000, 斤: 0.5 };
const capacityOf = (unit: string): number | null => capacityUnits[unit.toUpperCase()] ?? null;

const names = new Map(
  registerColumnIds.flatMap((id) =>
    [registerColumns[id].head, ...registerColumns[id].aliases].map((name, rank) => [plain(name).name, { id, rank }]),
  ),
);

/** Throws `validation` where no or several sheets hold a register, a heading stands twice, or the unit is not said; `attribute-missing`. */
export function findHeading(
  tables: readonly Table[],
  fileName: string,
  asked: { sheet?: string | undefined; unit?: AreaUnit | undefined },
): Heading {
  const file = printable(fileName);
  const named = asked.sheet === undefined ? tables : tables.filter(({ name }) => name === asked.sheet);
  if (named.length === 0) throw noSuchSheet(file, asked.sheet ?? '', tables);
  const found = named.flatMap((table) => {
    const at = table.rows
      .slice(0, searched)
      .findIndex((row) => headOf(row).has('project_code') && headOf(row).size > 1);
    return at < 0 ? [] : [{ table, at }];
  });
  if (found.length > 1)
    throw severalSheets(
      file,
      found.map(({ table }) => table.name),
    );
  const [only] = found;
  if (!only) throw noHeading(file, named[0]?.rows[0]?.row);
  const { table, at } = only;
  const head = withSecondRow(table.rows, at, file);
  const missing = registerColumnIds.filter((id) => registerColumns[id].required && !head.columns[id]);
  if (missing.length > 0) throw columnsMissing(file, head.row, missing);
  const place = { file, row: head.row };
  return {
    table,
    columns: head.columns,
    rows: table.rows.slice(head.next),
    ...areaUnitOfFile(table.rows.slice(0, head.next), head.columns, asked.unit, place),
    ...capacityUnitOfFile(head.columns, place),
  };
}

/** Columns of a row by what heads them: of several that could be meant the one with the better name. */
function headOf({ cells }: TableRow): Map<RegisterColumn, { index: number; rank: number; twice: boolean }> {
  const found = new Map<RegisterColumn, { index: number; rank: number; twice: boolean }>();
  for (const [index, cell] of cells.entries()) {
    const meant = cell === null ? undefined : names.get(plain(cell.text).name);
    if (!meant) continue;
    const before = found.get(meant.id);
    if (before === undefined || meant.rank < before.rank)
      found.set(meant.id, { index, rank: meant.rank, twice: false });
    else if (meant.rank === before.rank) before.twice = true;
  }
  return found;
}

/** A heading of two rows has group names above and 数量, 水田, 产能 below, where the cell under 备案编号 is empty. */
function withSecondRow(rows: readonly TableRow[], at: number, file: string) {
  const first = rows[at]!;
  const columns: Heading['columns'] = {};
  const take = ({ row, cells }: TableRow) => {
    for (const [id, { index, twice }] of headOf({ row, cells })) {
      const field = printable(cells[index]?.text ?? '');
      if (twice) throw headingTwice(file, row, field);
      columns[id] ??= { index, letter: columnLetter(index), field };
    }
  };
  take(first);
  const second = rows[at + 1];
  const code = columns.project_code!.index;
  if (second === undefined || second.cells[code] || headOf(second).size === 0)
    return { columns, row: first.row, next: at + 1 };
  take(second);
  return { columns, row: first.row, next: at + 2 };
}

type Columns = Heading['columns'];

/** What a person says, else what stands in the heading, else a line 单位：… above it. Two that disagree are refused. */
function areaUnitOfFile(
  above: readonly TableRow[],
  columns: Columns,
  asked: AreaUnit | undefined,
  place: Where,
): Pick<Heading, 'unit' | 'unit_source'> {
  const heads = [columns.certified_area, columns.certified_paddy].flatMap((column) => {
    const unit = column && areaUnitOf(plain(column.field).unit);
    return unit ? [{ unit, field: column.field }] : [];
  });
  const lines = above.flatMap(({ cells }) =>
    cells.flatMap((cell) => {
      const said = /单位[:：]?\s*(?:面积)?\s*(公顷|亩|平方米|m2|hm2)/.exec(cell?.text.normalize('NFKC') ?? '');
      const unit = said && areaUnitOf(said[1]!);
      return unit ? [{ unit, field: printable(cell!.text) }] : [];
    }),
  );
  const stated = heads.length > 0 ? heads : lines;
  const unit = asked ?? stated[0]?.unit;
  if (unit === undefined) throw unitUnknown(place, columns.certified_area?.field ?? '');
  const against = stated.find((one) => one.unit !== unit);
  if (against) throw unitsDisagree(place, unit, against.field);
  return { unit, unit_source: asked ? 'user' : heads.length > 0 ? 'heading' : 'line' };
}

/** kg where the heading says nothing: the unit of the indicator system (DOMAIN §7); recorded as assumed. */
function capacityUnitOfFile(columns: Columns, place: Where): Pick<Heading, 'capacity_kg' | 'capacity_source'> {
  const unit = columns.certified_capacity ? plain(columns.certified_capacity.field).unit : '';
  if (unit === '') return { capacity_kg: 1, capacity_source: 'assumed' };
  const kg = capacityOf(unit);
  if (kg === null) throw capacityUnknown(place, columns.certified_capacity!.field);
  return { capacity_kg: kg, capacity_source: 'heading' };
}

const refuse = (zh: string, en: string, where: Where, code: 'validation' | 'attribute-missing' = 'validation') =>
  new AppError(code, { zh, en }, where);

const noHeading = (file: string, row: number | undefined) =>
  refuse(
    `${file} 前 ${searched} 行里找不到表头：应有一行写着“备案编号”“数量”“状态”等列名。请按模板填写后上传。`,
    `${file} has no heading in its first ${searched} rows: one row must name 备案编号, 数量, 状态 … Use the template.`,
    { file, ...(row === undefined ? {} : { row }) },
    'attribute-missing',
  );
const noSuchSheet = (file: string, sheet: string, tables: readonly Table[]) =>
  refuse(
    tables.length === 0 ? `${file} 是空的，没有任何内容。` : `${file} 中没有名为“${printable(sheet)}”的工作表。`,
    tables.length === 0 ? `${file} is empty.` : `${file} has no sheet named "${printable(sheet)}".`,
    { file, field: 'sublayer', candidates: tables.map(({ name }) => printable(name)) },
  );
const severalSheets = (file: string, sheets: string[]) =>
  refuse(
    `${file} 有多张登记表：${sheets.map((name) => printable(name)).join('、')}。请用 sublayer 指定一张，或只留一张。`,
    `${file} holds several registers: ${sheets.map((name) => printable(name)).join(', ')}. Name one as sublayer, or keep one.`,
    { file, field: 'sublayer', candidates: sheets.map((name) => printable(name)) },
  );
const headingTwice = (file: string, row: number, field: string) =>
  refuse(
    `${file} 第 ${row} 行表头有两列都叫“${field}”，分不清用哪一列。请改名或删去一列。`,
    `${file}, row ${row}: two columns are called "${field}". Rename or delete one of them.`,
    { file, row, field },
  );
const columnsMissing = (file: string, row: number, missing: RegisterColumn[]) => {
  const heads = missing.map((id) => registerColumns[id].head);
  return refuse(
    `${file} 第 ${row} 行表头缺少必需的列：${heads.join('、')}。请补上这些列，或按模板填写。`,
    `${file}, row ${row}: the heading lacks ${heads.join(', ')}. Add them, or use the template.`,
    { file, row, field: heads[0]!, candidates: heads },
    'attribute-missing',
  );
};
const unitUnknown = (where: Where, field: string) =>
  refuse(
    `没有写明面积单位：请把表头“${field}”写成“${field}（公顷）”或“${field}（亩）”，或用 unit 指定 ha（公顷）、mu（亩）、m2（平方米）。`,
    `The unit of area is not said: write it behind the heading, "${field}（公顷）" or "${field}（亩）", or give unit: ha, mu or m2.`,
    { ...where, field, candidates: ['ha', 'mu', 'm2'] },
  );
const unitsDisagree = (where: Where, unit: AreaUnit, field: string) =>
  refuse(
    `面积单位互相矛盾：“${field}”与其他面积的单位（${areaUnitTitle[unit].zh}）不一致。请统一单位后上传。`,
    `Units of area disagree: "${field}" is not in ${areaUnitTitle[unit].en} as the others are. Give all of them one unit.`,
    { ...where, field },
  );
const capacityUnknown = (where: Where, field: string) =>
  refuse(
    `不认识“${field}”的产能单位，可用公斤、吨、万公斤。`,
    `The unit of capacity in "${field}" is not known; use 公斤 (kg), 吨 (t) or 万公斤.`,
    { ...where, field },
  );
