/** What is said of a register file as a whole, beside what any table is told (tables/refusals.ts). What is wrong in its rows is said by faults.ts, row by row. */
import { AppError, type ProblemCode, type Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';

function refusal(code: ProblemCode, fileName: string, say: (file: string) => Sentence, cause?: unknown): AppError {
  const file = printable(fileName);
  return new AppError(code, say(file), { file }, cause === undefined ? undefined : { cause });
}

export const unsupportedTable = (fileName: string, what: Sentence): AppError =>
  refusal('format-unsupported', fileName, (file) => ({
    zh: `${file} 是${what.zh}，项目登记只收 .xlsx 和 .csv。请另存为其中一种后上传，或下载模板填写。`,
    en: `${file} is ${what.en}; a project register is taken as .xlsx or .csv. Save it as one of them, or fill in the template.`,
  }));

export const strangeLetters = (fileName: string, encoding: string): AppError =>
  refusal('encoding-undetermined', fileName, (file) => ({
    zh: `${file} 不能按 ${encoding} 读取。请用 encoding 指定正确的编码（如 UTF-8、GB18030），或另存为 .xlsx 上传。`,
    en: `${file} cannot be read as ${encoding}. Give the right encoding (UTF-8, GB18030 …), or save it as .xlsx.`,
  }));

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
