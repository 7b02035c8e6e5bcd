/** One cell of a table of boundary points as a coordinate or as a plot's value; a cell that spoils what it shows is refused. */
import { isExactNumber } from '../exact-number.ts';
import type { Cell } from '../tables/table.ts';
import type { Attribute, HeadColumn } from './corner-columns.ts';
import { badCell, type RowPlace } from './corner-problems.ts';
import { isShortened, notANumber, plainNumber } from './txt-parse.ts';
import { quoted } from './txt-problems.ts';
import type { Cell as TypedCell } from './typed-columns.ts';

/** 108°46′12.0″, E108°46'12"; packed ddd.mmss cannot be told from degrees and is not taken (DOMAIN §4.2). */
const sexagesimal =
  /^[EN东北]?[经纬]?\s*(\d{1,3})\s*[°度]\s*(\d{1,2})\s*['′’分]\s*(\d{1,2}(?:\.\d+)?)\s*(?:["″”秒]|''|′′)?\s*[EN]?$/i;
/** past this no coordinate is one; 1e300 is refused where its column can be named */
const absurd = 1e9;

export function coordinate(cell: Cell, column: HeadColumn, place: RowPlace, degrees: boolean): number {
  if (cell.is === 'date')
    throw badCell(
      place,
      column,
      '单元格是日期格式，坐标被表格软件当成了日期。请把该列设为数值格式后重新填写',
      'the cell is a date: the spreadsheet took the coordinate for one. Format the column as numbers and fill it in again',
    );
  if (cell.is === 'fault') throw faulty(cell, column, place);
  if (cell.is === 'number') return finite(Number(cell.text), cell, column, place);
  // as nearly all are written, for speed
  if (/^\d{5,8}(\.\d+)?$/.test(cell.text)) return Number(cell.text);
  const text = cell.text.normalize('NFKC').trim();
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
  if (plainNumber.test(plain)) {
    const value = finite(Number(plain), cell, column, place);
    if (isShortened(plain))
      throw badCell(
        place,
        column,
        `坐标${quoted(cell.text)}是科学计数法，位数已经丢失。请把该列设为 3 位小数的数值格式后重新导出`,
        `the coordinate ${quoted(cell.text)} is in scientific notation and has lost its digits. Format the column as numbers with 3 decimals and export again`,
      );
    return value;
  }
  if (notANumber.test(text)) return finite(Number.NaN, cell, column, place);
  const parts = degrees ? sexagesimal.exec(text) : null;
  const [whole, minutes, seconds] = (parts ?? []).slice(1).map(Number);
  if (parts && minutes! < 60 && seconds! < 60) return whole! + minutes! / 60 + seconds! / 3600;
  const hint = /[°′″度分秒]/.test(text)
    ? { zh: '（度分秒请写成 108°46′12.0″，或换算成度）', en: ' (write 108°46′12.0″, or degrees with decimals)' }
    : { zh: '', en: '' };
  throw badCell(
    place,
    column,
    `坐标${quoted(cell.text)}不是数字${hint.zh}。请更正`,
    `the coordinate ${quoted(cell.text)} is no number${hint.en}. Correct it`,
  );
}

function finite(value: number, { text }: Cell, column: HeadColumn, place: RowPlace): number {
  if (Math.abs(value) <= absurd) return value;
  throw badCell(
    place,
    column,
    `坐标${quoted(text)}不是有效数字。请更正该界址点后重新上传`,
    `the coordinate ${quoted(text)} is no valid number. Correct the point and upload again`,
    'coordinate-invalid',
  );
}

function faulty({ text }: Cell, column: HeadColumn, place: RowPlace) {
  return text.startsWith('=')
    ? badCell(
        place,
        column,
        `公式${quoted(text)}没有保存计算结果。请在表格软件中重新计算后保存，或粘贴为数值`,
        `the formula ${quoted(text)} was saved without its result. Have the spreadsheet calculate and save it, or paste values`,
      )
    : badCell(
        place,
        column,
        `单元格是错误值${quoted(text)}。请更正`,
        `the cell is the error ${quoted(text)}. Correct it`,
      );
}

/** Numbers and names that tell plots apart must be what the office wrote, to the letter (THREATS T8). */
export function checkName(cell: Cell, column: HeadColumn, place: RowPlace): void {
  if (cell.is === 'date')
    throw badCell(
      place,
      column,
      `编号被表格软件变成了日期（${cell.text}）。请把该列设为文本格式后重新填写`,
      `the spreadsheet made a date of the number (${cell.text}). Make the column text and fill it in again`,
    );
  if (cell.is === 'fault') throw faulty(cell, column, place);
  if ((cell.is === 'number' && Math.abs(Number(cell.text)) >= 1e15) || /^\d(\.\d+)?E\+\d{2}$/i.test(cell.text))
    throw badCell(
      place,
      column,
      `${quoted(cell.text)}超过 15 位，表格软件已丢失末尾几位。请把该列设为文本格式后重新填写`,
      `${quoted(cell.text)} has more than 15 digits, of which the spreadsheet has lost the last. Make the column text and fill it in again`,
    );
}

/** A plot's value, with the unit that stands in the heading, so that it is heard where the unit is decided. */
export function plotValue(cell: Cell, { unit }: Pick<Attribute, 'unit'>): TypedCell {
  const isFigure = cell.is === 'number' || plainNumber.test(cell.text);
  if (unit !== undefined && isFigure) return `${cell.text}${unit}`;
  return cell.is === 'number' && isExactNumber(cell.text) ? Number(cell.text) : cell.text;
}
