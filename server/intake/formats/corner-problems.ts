/** Problems of a table of boundary points. `row` is the row a spreadsheet shows, `field` what heads the column. */
import { AppError, type ProblemCode } from '../../errors.ts';
import { printable } from '../printable.ts';

export interface RowPlace {
  /** as shown; of a workbook with several sheets `file/sheet` */
  file: string;
  row: number;
}

export interface ColumnPlace {
  letter: string;
  /** as written, printable */
  head: string;
}

/** `zh` and `en` say what is wrong and what to do, without the place and without the full stop. */
export function badRow({ file, row }: RowPlace, zh: string, en: string, code: ProblemCode = 'table-invalid'): AppError {
  return new AppError(code, { zh: `${file} 第 ${row} 行：${zh}。`, en: `${file}, row ${row}: ${en}.` }, { file, row });
}

export function badCell(
  { file, row }: RowPlace,
  { letter, head }: ColumnPlace,
  zh: string,
  en: string,
  code: ProblemCode = 'table-invalid',
): AppError {
  return new AppError(
    code,
    {
      zh: `${file} 第 ${row} 行 ${letter} 列（${head}）：${zh}。`,
      en: `${file}, row ${row}, column ${letter} (${head}): ${en}.`,
    },
    { file, row, field: head },
  );
}

/** Two rows of one plot say different things of it. */
export function contradictory(
  file: string,
  rows: [number, number],
  { letter, head }: ColumnPlace,
  values: [string, string],
): AppError {
  const [first, second] = values.map((value) => `“${printable(value, 40)}”`);
  return new AppError(
    'table-invalid',
    {
      zh: `${file} 同一地块的 ${letter} 列（${head}）前后不一：第 ${rows[0]} 行是${first}，第 ${rows[1]} 行是${second}。请统一，或把两个地块分别编号。`,
      en: `${file}: column ${letter} (${head}) of one plot is ${first} in row ${rows[0]} and ${second} in row ${rows[1]}. Make them one, or give two plots two numbers.`,
    },
    { file, rows, field: head },
  );
}

const wanted = {
  zh: '表头要有一行写着 X、Y（或 纵坐标、横坐标，北坐标、东坐标，经度、纬度），每行一个界址点',
  en: 'one row must head the columns: X and Y (纵坐标, 横坐标; northing, easting) or longitude and latitude, with a boundary point in each row under it',
};

/** `seen`: sheets of the workbook, or what heads the columns of the first row. */
export function noHead(file: string, seen: string[]): AppError {
  return new AppError(
    'attribute-missing',
    {
      zh: `${file} 里找不到界址点坐标的表头：${wanted.zh}${seen.length > 0 ? `（找到的是：${seen.slice(0, 20).join('、')}）` : ''}。`,
      en: `${file} has no heading of boundary points: ${wanted.en}${seen.length > 0 ? ` (found: ${seen.slice(0, 20).join(', ')})` : ''}.`,
    },
    { file, candidates: seen.slice(0, 50) },
  );
}

export function headTwice(place: RowPlace, columns: ColumnPlace[]): AppError {
  const list = columns.map(({ letter, head }) => `${letter}（${head}）`);
  return badRow(
    place,
    `表头有 ${columns.length} 列说的是同一项：${list.join('、')}，分不清用哪一列。并排的几栏请接成一栏，多余的列请删去或改名`,
    `${columns.length} columns mean the same: ${columns.map(({ letter, head }) => `${letter} (${head})`).join(', ')}. Put tables that stand side by side under one another; delete or rename what is not meant`,
  );
}
