/** What is said of a spreadsheet or a CSV file as a whole, whatever it holds. */
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

export const noWorkbook = (fileName: string): AppError =>
  refusal('format-unsupported', fileName, (file) => ({
    zh: `${file} 是压缩包而不是工作簿。请上传 .xlsx 或 .csv 文件本身。`,
    en: `${file} is an archive and no workbook. Upload the .xlsx or .csv itself.`,
  }));

export const tableTooLarge = (fileName: string, megabytes: number, cause?: unknown): AppError =>
  refusal(
    'too-large',
    fileName,
    (file) => ({
      zh: `${file} 过大：解压后或读取所需内存超过 ${megabytes} MB。请删去空白行列、图片和多余的工作表，或另存为 CSV 后上传。`,
      en: `${file} is too large: unpacked, or in memory, it passes ${megabytes} MB. Take out empty rows and columns, pictures and other sheets, or save it as CSV.`,
    }),
    cause,
  );

export const unclosedQuote = (fileName: string, row: number): AppError => {
  const file = printable(fileName);
  return new AppError(
    'table-invalid',
    {
      zh: `${file} 第 ${row} 行有一个引号没有结束，其后的内容无法分列。请在表格软件中打开、另存为 CSV 后上传。`,
      en: `${file}, row ${row}: a quotation mark is never closed, so the rest cannot be told into columns. Open it in a spreadsheet and save it as CSV again.`,
    },
    { file, row },
  );
};
