/**
 * The workbook a bureau hands in: 核减项目清单, 问题地块明细, 按项目汇总, 按乡镇汇总, 地块核查结果, 填表说明. Always in Chinese, being forms.
 * Rows are read three times: for the sums, for the findings, for the parcels; the sums are needed before the first line is printed.
 */
import { PassThrough } from 'node:stream';
import ExcelJS from 'exceljs';
import { type ExportFormat, type ExportInput, wanted } from './export-format.ts';
import { writeDeductionList } from './xlsx/deduction-list.ts';
import { type Gathered, gather } from './xlsx/gather.ts';
import { writeNotes } from './xlsx/notes.ts';
import { refuseTooManyColumns, writeParcels } from './xlsx/parcel-sheet.ts';
import { type PrintedBooks, printBooks } from './xlsx/printed-books.ts';
import { refuseTooManyRows, writeProblemPlots } from './xlsx/problem-plots.ts';
import { type Equation, selfCheck } from './xlsx/self-check.ts';
import { writeProjectSummary, writeTownshipSummary } from './xlsx/summaries.ts';
import { type BookFacts, factsOf } from './xlsx/workbook-facts.ts';

export const xlsx: ExportFormat = {
  id: 'xlsx',
  title: {
    zh: 'Excel 工作簿（核减清单、问题明细、汇总表）',
    en: 'Excel workbook (deduction list, findings, summaries; in Chinese)',
  },
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: 'xlsx',
  options: [],
  write: writeWorkbook,
};

async function* writeWorkbook(input: ExportInput): AsyncGenerator<Uint8Array> {
  const gathered = await gather(input.rows());
  refuseTooManyRows(Math.max(gathered.findings, input.run.summary.parcel_count));
  refuseTooManyColumns(gathered.attributes.size);
  const equations = selfCheck(gathered, input.run.summary);
  const stop = new AbortController();
  const facts = factsOf(input, stop.signal);
  const books = await printBooks(gathered, facts.titleOf);
  const out = new PassThrough();
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({
    stream: out,
    useStyles: true,
    useSharedStrings: false,
    created: input.run.created_at,
    modified: input.run.created_at,
    creator: '占补核查',
    lastModifiedBy: '占补核查',
  } as ConstructorParameters<typeof ExcelJS.stream.xlsx.WorkbookWriter>[0]);
  const zip = zipOf(workbook, out);
  const filling = fill(workbook, input, facts, gathered, books, equations).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of out) yield chunk as Uint8Array;
    await filling;
  } finally {
    stop.abort(new Error('the reader of the workbook is gone'));
    zip.abort();
    out.destroy();
  }
}

/**
 * The archive inside the writer. Its errors go to the reader; and what `finalize` promises must not be lost: the writer
 * drops that promise, and a refused one (an archive aborted meanwhile) would end the whole process.
 */
function zipOf(workbook: ExcelJS.stream.xlsx.WorkbookWriter, out: PassThrough): { abort(): void } {
  interface Archive {
    abort(): void;
    finalize(): Promise<void>;
    on(event: 'error', listener: (error: Error) => void): void;
  }
  const { zip } = workbook as unknown as { zip: Archive };
  const finalize = zip.finalize.bind(zip);
  zip.finalize = () => finalize().catch((error: Error) => void out.destroy(error));
  zip.on('error', (error) => out.destroy(error));
  return zip;
}

async function fill(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  input: ExportInput,
  facts: BookFacts,
  gathered: Gathered,
  books: PrintedBooks,
  equations: Equation[],
): Promise<void> {
  const flaggedOnly = input.options.only === 'flagged';
  await writeDeductionList(workbook, facts, gathered, books);
  await writeProblemPlots(workbook, facts, input.rows(), gathered, books);
  await writeProjectSummary(workbook, facts, gathered, books.projects);
  await writeTownshipSummary(workbook, facts, gathered, books.townships);
  await writeParcels(workbook, facts, wanted(input.rows(), input.options), [...gathered.attributes], flaggedOnly);
  writeNotes(workbook, {
    facts,
    checks: input.checks,
    gathered,
    books,
    equations,
    parcelCount: input.run.summary.parcel_count,
    flaggedOnly,
  });
  facts.signal.throwIfAborted();
  await workbook.commit();
}
