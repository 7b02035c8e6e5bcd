/** Problems of a 界址点 TXT. `row` is the line everywhere: what a clerk sees beside the text in an editor. */
import { AppError, type ProblemCode, type Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';

export interface LinePlace {
  file: string;
  /** line, from 1 */
  row: number;
}

/** `zh` and `en` say what is wrong and what to do, without the place and without the full stop. */
export function badLine({ file, row }: LinePlace, zh: string, en: string, code: ProblemCode = 'txt-invalid'): AppError {
  return new AppError(code, { zh: `${file} 第 ${row} 行：${zh}。`, en: `${file}, line ${row}: ${en}.` }, { file, row });
}

export function badFile(file: string, zh: string, en: string, code: ProblemCode = 'txt-invalid'): AppError {
  return new AppError(code, { zh: `${file} ${zh}。`, en: `${file} ${en}.` }, { file });
}

/** The header says one thing, itself or the numbers another: nobody but its maker knows which is right (DOMAIN §4.1). */
export function contradiction({ file, row }: LinePlace, said: Sentence, candidates: number[]): AppError {
  return new AppError(
    'crs-conflict',
    {
      zh: `${file} 第 ${row} 行：${said.zh}。请与数据提供单位核对，更正文件头或坐标后重新上传。`,
      en: `${file}, line ${row}: ${said.en}. Ask who made it, correct the header or the coordinates and upload again.`,
    },
    { file, row, candidates: candidates.map((epsg) => `EPSG:${epsg}`) },
  );
}

/** A line or value inside a sentence, shortened. */
export const quoted = (text: string): string => `“${printable(text, 40)}”`;
