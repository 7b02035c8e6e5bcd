/** A workbook of boundary points, one a row: the one sheet that holds some, the one asked for, or all joined (`*`). */
import type { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { Warning } from '../source-types.ts';
import { openWorkbook, type Sheet } from '../tables/xlsx.ts';
import { GuardedZip } from '../zip-guard.ts';
import { isArchiveOf, surveyMembers } from './archive-members.ts';
import { findHead } from './corner-columns.ts';
import { noHead } from './corner-problems.ts';
import { surveyTable } from './corner-survey.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { joinSurveys } from './joined-layers.ts';
import { chooseNamed } from './layer-choice.ts';
import { isPair } from './txt-axes.ts';

/** A workbook is a zip of these; as a member of an archive it is known by its first entry. */
const isWorkbook = (names: readonly string[]) => names.some((name) => /^xl\/workbook\.xml$/i.test(name));

export const xlsx: VectorFormat = {
  id: 'xlsx',
  sniff: (head) =>
    head.subarray(0, 4).toString('latin1') === 'PK\x03\x04' &&
    /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/.test(head.subarray(30, 60).toString('latin1')),
  inArchive: (names, sublayer) =>
    isWorkbook(names) || (isArchiveOf('xlsx', names, sublayer) && !names.includes('word/document.xml')),
  survey: async (job, progress, archive) =>
    archive && !(await isOne(job)) ? surveyMembers(job, progress, xlsx) : survey(job, progress),
};

async function isOne({ path, fileName, limits }: ReadJob): Promise<boolean> {
  const zip = await GuardedZip.open(path, fileName, limits);
  zip.close();
  return isWorkbook(zip.entries.map(({ name }) => name));
}

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const { path, limits, tempDir, fileName, options } = job;
  const file = printable(fileName);
  const sheets = await openWorkbook({ path, fileName, encoding: undefined, limits, tempDir }, () => progress(0));
  const { chosen, warnings } = choose(sheets, file, options.sublayer);
  const parts = chosen.map((sheet, i) => {
    const table = { name: sheet.name, file: shownName(file, sheet, sheets), rows: watched(sheet), mayBeCut: false };
    return surveyTable(table, job, null, (share) => progress((i + share) / chosen.length));
  });
  const joined = joinSurveys(parts, fileName, limits);
  return { ...joined, warnings: () => [...warnings, ...joined.warnings()] };
}

const shownName = (file: string, { name }: Sheet, sheets: Sheet[]) =>
  sheets.length > 1 ? `${file}/${printable(name)}` : file;

function watched(sheet: Sheet) {
  return function* (progress: Progress) {
    let done = 0;
    for (const row of sheet.rows()) {
      if (++done % 512 === 0) progress(Math.min(1, done / sheet.rowCount));
      yield row;
    }
  };
}

/** Sheets without points are covers, ledgers and notes; one that has coordinates and no heading for them is named. */
function choose(sheets: Sheet[], file: string, sublayer: string | undefined): { chosen: Sheet[]; warnings: Warning[] } {
  const withHead = (sheet: Sheet) => findHead(sheet.rows(), shownName(file, sheet, sheets)) !== undefined;
  if (sublayer !== undefined && sublayer !== '*') {
    const chosen = chooseNamed(sheets, sublayer, file);
    return { chosen, warnings: [] };
  }
  const points = sheets.filter(withHead);
  if (points.length === 0) throw nothing(sheets, file);
  const lost = sheets.filter((sheet) => !points.includes(sheet) && holdsCoordinates(sheet));
  return {
    chosen: chooseNamed(points, sublayer, file),
    warnings: lost.map((sheet) => passedOver(sheet, file, sheets)),
  };
}

function nothing(sheets: Sheet[], file: string): AppError {
  const [only] = sheets;
  if (!only) return noHead(file, []);
  return noHead(
    file,
    sheets.map(({ name }) => printable(name)),
  );
}

function holdsCoordinates(sheet: Sheet): boolean {
  for (const { cells } of sheet.rows()) {
    const numbers = cells.flatMap((cell) => (cell && /^\d+(\.\d+)?$/.test(cell.text) ? [Number(cell.text)] : []));
    for (const [i, b] of numbers.slice(1).entries()) {
      const a = numbers[i]!;
      // sums of money look like eastings without a zone, but have no decimals of metres
      const likely = Math.max(a, b) > 13e6 || (!Number.isInteger(a * 100) && !Number.isInteger(b * 100));
      if (likely && (isPair(a, b) || isPair(b, a))) return true;
    }
  }
  return false;
}

function passedOver(sheet: Sheet, file: string, sheets: Sheet[]): Warning {
  const name = printable(sheet.name);
  return {
    code: 'sheet-passed-over',
    message: {
      zh: `工作表 ${name} 里有坐标，但没有 X、Y 的表头，未读入。若其中也有地块，请补上表头。`,
      en: `The sheet ${name} holds coordinates but no heading X, Y for them, and was not read. If it has plots too, give it a heading.`,
    },
    where: { file: shownName(file, sheet, sheets) },
  };
}
