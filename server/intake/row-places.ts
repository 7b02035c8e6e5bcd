/** Rows that a warning or a refusal names. Rows count within their file, so where files were joined a row alone is no place. */
import type { Sentence, Where } from '../errors.ts';

/** rows named; a sentence gives the whole count */
const rowsNamed = 100;

export interface RowPlace {
  row: number;
  file: string;
}

export class RowPlaces {
  count = 0;
  /** file → its rows, in the order they came */
  readonly #files = new Map<string, number[]>();
  readonly #most: number;

  constructor(most = rowsNamed) {
    this.#most = most;
  }

  add({ row, file }: RowPlace): void {
    this.count++;
    const rows = this.#files.get(file);
    if (rows === undefined) this.#files.set(file, [row]);
    else if (rows.length < this.#most) rows.push(row);
  }

  static of(places: Iterable<RowPlace>, most?: number): RowPlaces {
    const all = new RowPlaces(most);
    for (const place of places) all.add(place);
    return all;
  }

  /** The first file and its rows; nothing where there is no row. */
  where(): Where {
    const [first] = this.#files;
    return first === undefined ? {} : { file: first[0], rows: first[1] };
  }

  /** To stand behind a sentence: empty of one file. */
  among(): Sentence {
    const names = [...this.#files.keys()];
    if (names.length < 2) return { zh: '', en: '' };
    const list = names.slice(0, 5);
    const more = names.length > list.length;
    return {
      zh: `（分布在 ${names.length} 个文件：${list.join('、')}${more ? '…' : ''}；所列行号属第一个文件）`,
      en: ` (in ${names.length} files: ${list.join(', ')}${more ? ' …' : ''}; the rows given are of the first)`,
    };
  }
}

/** Place of a row as it was read. */
export const placeOf = ({ row, source_file: file }: { row: number; source_file: string }): RowPlace => ({ row, file });
