/** What is wrong in the rows of a register: all of it is told at once, each with its row and column, since a clerk corrects a table in one go. */
import { AppError, type Sentence, type TableFault } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { FoundColumn } from './heading.ts';

/** named one by one; the count is of all */
const mostNamed = 200;
/** in the sentence itself, which a person reads as a whole */
const mostSaid = 10;

export class RowFaults {
  readonly #found: TableFault[] = [];
  #count = 0;
  #onlyMissing = true;

  get count(): number {
    return this.#count;
  }

  add(row: number, column: FoundColumn, say: Sentence, kind: 'missing' | 'wrong' = 'wrong'): void {
    this.#count++;
    if (kind === 'wrong') this.#onlyMissing = false;
    if (this.#found.length === mostNamed) return;
    const { letter, field } = column;
    this.#found.push({
      row,
      column: letter,
      field,
      message: {
        zh: `第 ${row} 行 ${letter} 列“${field}”：${say.zh}`,
        en: `row ${row}, column ${letter} "${field}": ${say.en}`,
      },
    });
  }

  /** `attribute-missing` where values are missing and nothing else is wrong, else `validation`. */
  throwIfAny(fileName: string): void {
    if (this.#count === 0) return;
    const file = printable(fileName);
    const said = this.#found.slice(0, mostSaid);
    const more = this.#count - said.length;
    const first = said[0]!;
    throw new AppError(
      this.#onlyMissing ? 'attribute-missing' : 'validation',
      {
        zh: `${file} 有 ${this.#count} 处问题，没有导入任何一行。${said.map(({ message }) => message.zh).join('；')}${more > 0 ? `；另有 ${more} 处` : ''}。请更正后重新上传整个文件。`,
        en: `${file} has ${this.#count} faults and nothing of it was taken. ${said.map(({ message }) => message.en).join('; ')}${more > 0 ? `; and ${more} more` : ''}. Correct them and upload the whole file again.`,
      },
      {
        file,
        row: first.row,
        field: first.field,
        rows: [...new Set(this.#found.map(({ row }) => row))].slice(0, 100),
        faults: this.#found,
      },
    );
  }
}
