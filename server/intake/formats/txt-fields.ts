/** Values of plot lines and of the header's own sections → columns, one vocabulary for all files of an upload. */
import { isExactNumber } from '../exact-number.ts';
import { safeFieldName } from '../field-names.ts';
import type { AttributeValue, SourceField } from '../source-types.ts';
import type { WarningTally } from '../warnings.ts';
import type { TxtPlot } from './txt-parse.ts';
import { numeric } from './txt-plot-line.ts';
import { badLine } from './txt-problems.ts';

interface Column {
  name: string;
  number: boolean;
}

/** The column that tells joined files apart, so that a field map can name it (say, as project code). */
const sourceFile = '来源文件';
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)$/;

export class TxtColumns {
  readonly #columns = new Map<string, Column>();
  readonly #used = new Set<string>();
  readonly #warnings: WarningTally;
  readonly #most: number;
  readonly #joined: boolean;

  constructor(most: number, joined: boolean, warnings: WarningTally) {
    this.#most = most;
    this.#joined = joined;
    this.#warnings = warnings;
  }

  /** First pass: one plot. */
  survey({ values, about, line }: TxtPlot, file: string): void {
    for (const source of [values, about]) {
      for (const [key, value] of source) {
        let column = this.#columns.get(key);
        if (!column) {
          if (this.#columns.size >= this.#most)
            throw badLine(
              { file, row: line },
              `属性超过 ${this.#most} 种，请检查文件头`,
              `there are more than ${this.#most} different columns; look at the header`,
            );
          const name = safeFieldName(key, this.#columns.size + 1, this.#used, { file, row: line }, this.#warnings);
          column = { name, number: numeric.has(key) };
          this.#columns.set(key, column);
        }
        if (column.number && value !== '' && !(plainNumber.test(value) && isExactNumber(value))) column.number = false;
      }
    }
  }

  fields(): SourceField[] {
    const fields = [...this.#columns.values()].map(
      ({ name, number }): SourceField => ({ name, type: number ? 'number' : 'text' }),
    );
    return this.#joined && !this.#used.has(sourceFile) ? [...fields, { name: sourceFile, type: 'text' }] : fields;
  }

  /** Second pass: every column has a value, null where the plot has none. */
  row({ values, about }: TxtPlot, file: string): Record<string, AttributeValue> {
    const row: Record<string, AttributeValue> = {};
    for (const [key, { name, number }] of this.#columns) {
      const value = values.get(key) ?? about.get(key) ?? '';
      row[name] = value === '' ? null : number ? Number(value) : value;
    }
    if (this.#joined && !this.#used.has(sourceFile)) row[sourceFile] = file;
    return row;
  }
}
