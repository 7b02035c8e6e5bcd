/** What is said of a register file as a whole. What is wrong in its rows is said by faults.ts, row by row. */
import { AppError, type ProblemCode, type Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';

function refusal(code: ProblemCode, fileName: string, say: (file: string) => Sentence, cause?: unknown): AppError {
  const file = printable(fileName);
  return new AppError(code, say(file), { file }, cause === undefined ? undefined : { cause });
}

export const damagedWorkbook = (fileName: string, cause?: unknown): AppError =>
  refusal(
    'not-a-zip',
    fileName,
    (file) => ({
      zh: `${file} 不是完整的 .xlsx 工作簿，可能没有传完或已损坏。请在 Excel 或 WPS 中打开、另存为 .xlsx 后重新上传。`,
      en: `${file} is not a whole .xlsx workbook; it may be cut short or damaged. Open it, save it as .xlsx again and upload that.`,
    }),
    cause,
  );

export const unsafeWorkbook = (fileName: string, cause: unknown): AppError =>
  refusal(
    'zip-unsafe',
    fileName,
    (file) => ({
      zh: `工作簿 ${file} 的内部结构不安全（压缩比、路径或大小异常），没有读取。请在 Excel 或 WPS 中新建工作簿、粘贴数值后另存上传。`,
      en: `The workbook ${file} is unsafe inside (ratio, paths or sizes) and was not read. Paste its values into a new workbook and upload that.`,
    }),
    cause,
  );

export const protectedWorkbook = (fileName: string): AppError =>
  refusal('zip-encrypted', fileName, (file) => ({
    zh: `工作簿 ${file} 设有打开密码。请去掉密码另存为 .xlsx 后上传。`,
    en: `The workbook ${file} needs a password to open. Save it as .xlsx without one.`,
  }));

export const unsupportedTable = (fileName: string, what: Sentence): AppError =>
  refusal('format-unsupported', fileName, (file) => ({
    zh: `${file} 是${what.zh}，项目登记只收 .xlsx 和 .csv。请另存为其中一种后上传，或下载模板填写。`,
    en: `${file} is ${what.en}; a project register is taken as .xlsx or .csv. Save it as one of them, or fill in the template.`,
  }));

export const tableTooLarge = (fileName: string, megabytes: number, cause?: unknown): AppError =>
  refusal(
    'too-large',
    fileName,
    (file) => ({
      zh: `${file} 过大：解压后或读取所需内存超过 ${megabytes} MB。请删去空白行列、图片和多余的工作表后上传。`,
      en: `${file} is too large: unpacked, or in memory, it passes ${megabytes} MB. Take out empty rows and columns, pictures and other sheets.`,
    }),
    cause,
  );

export const tooManyRows = (fileName: string, limit: number): AppError =>
  refusal('too-many-features', fileName, (file) => ({
    zh: `${file} 超过 ${limit} 行。项目登记一行一个项目，请核对是否误传了地块表。`,
    en: `${file} has more than ${limit} rows. A register has one row a project; is this a table of parcels?`,
  }));

export const stalledTable = (fileName: string, seconds: number, cause: unknown): AppError =>
  refusal(
    'not-a-zip',
    fileName,
    (file) => ({
      zh: `读取 ${file} 时超过 ${seconds} 秒没有进展，已中止：文件可能损坏。请另存为 .xlsx 或 .csv 后上传。`,
      en: `Reading ${file} made no progress for ${seconds} s and was stopped: it may be damaged. Save it again as .xlsx or .csv.`,
    }),
    cause,
  );

export const unclosedQuote = (fileName: string, row: number): AppError => {
  const file = printable(fileName);
  return new AppError(
    'validation',
    {
      zh: `${file} 第 ${row} 行有一个引号没有结束，其后的内容无法分列。请在表格软件中打开、另存为 CSV 后上传。`,
      en: `${file}, row ${row}: a quotation mark is never closed, so the rest cannot be told into columns. Open it in a spreadsheet and save it as CSV again.`,
    },
    { file, row },
  );
};
