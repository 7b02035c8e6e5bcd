/**
 * Which coordinate is which. In surveying X is the northing and comes first (DOMAIN §4.1); some programs write the
 * easting first. In China the two never look alike: northings have 7 digits (330,000–5,990,000 m), eastings 8 with the
 * zone and 6 without, latitudes end at 54° and longitudes begin at 73°.
 */
import { AppError, type Sentence } from '../../errors.ts';
import type { Extremes } from '../place-extent.ts';
import type { Warning } from '../source-types.ts';
import { ExtremeTally } from '../vertex-check.ts';
import type { OpenRing } from './txt-rings.ts';

const between = (low: number, v: number, high: number) => v >= low && v <= high;
const isNorth = (v: number) => between(330_000, v, 5_990_000);
/** Between 1,000,000 and 13,000,000 lies no easting: the first zone is 13. */
const isEast = (v: number) => between(13e6, v, 46e6) || between(100_000, v, 900_000);
export const isPair = (north: number, east: number) =>
  (isNorth(north) && isEast(east)) || (between(3, north, 54) && between(73, east, 136));

export interface Axes {
  northFirst: boolean;
  /** in degrees there is no rule which comes first, so either order is nothing to warn of */
  degrees: boolean;
  extremes: Extremes | null;
  warnings: Warning[];
}

/** What heads the northings and the eastings of a table, as it says. */
export interface AxisColumns {
  north: { head: string };
  east: { head: string };
}

const swappedColumns = (file: string, row: number, { north, east }: AxisColumns): Sentence => ({
  zh: `${file} 的“${north.head}”列是东坐标，“${east.head}”列是北坐标，与测绘习惯（X 为北、Y 为东）相反，例如第 ${row} 行。已对调读取，请确认。`,
  en: `${file} has eastings under "${north.head}" and northings under "${east.head}", for example in row ${row}; in surveying X is the northing. They were read the other way round: please confirm.`,
});

/** Weighs the points of one file; feed it every ring, then decide. */
export class AxisTally {
  readonly #file: string;
  readonly #columns: AxisColumns | undefined;
  readonly #northFirst: ExtremeTally;
  readonly #eastFirst: ExtremeTally;
  readonly #pair = new Float64Array(2);
  /** points that can only be read in one order: how many, and the first one's line */
  readonly #north = { count: 0, line: 0 };
  readonly #east = { count: 0, line: 0 };

  /** `columns`: of a table, what heads them */
  constructor(file: string, columns?: AxisColumns) {
    this.#file = file;
    this.#columns = columns;
    this.#northFirst = new ExtremeTally(file);
    this.#eastFirst = new ExtremeTally(file);
  }

  /** Throws coordinate-invalid (absurd numbers) with the line. */
  add({ a, b, lines }: OpenRing): void {
    for (let i = 0; i < a.length; i++) {
      const [first, second, line] = [a[i]!, b[i]!, lines[i]!];
      this.#pair[0] = second;
      this.#pair[1] = first;
      this.#northFirst.add(this.#pair, line);
      this.#pair[0] = first;
      this.#pair[1] = second;
      this.#eastFirst.add(this.#pair, line);
      const [north, east] = [isPair(first, second), isPair(second, first)];
      if (north === east) continue;
      const vote = north ? this.#north : this.#east;
      if (vote.count++ === 0) vote.line = line;
    }
  }

  /** Throws coordinate-outside-crs where some points have it one way and some the other. */
  decide(): Axes {
    const [north, east] = [this.#north, this.#east];
    if (north.count > 0 && east.count > 0) throw this.#mixed(north.count < east.count ? north.line : east.line);
    const northFirst = east.count === 0;
    const extremes = (northFirst ? this.#northFirst : this.#eastFirst).found();
    const degrees = extremes?.every(({ x, y }) => Math.abs(x) <= 180 && Math.abs(y) <= 180) ?? false;
    const warnings: Warning[] = [];
    // what is headed longitude and holds latitudes is swapped in degrees too
    if (!northFirst && (!degrees || this.#columns)) {
      const { file, row } = { file: this.#file, row: east.line };
      warnings.push({
        code: 'axes-swapped',
        message: this.#columns
          ? swappedColumns(file, row, this.#columns)
          : {
              zh: `${file} 的坐标顺序与测绘习惯相反：每行先东坐标（Y）后北坐标（X），例如第 ${row} 行。已对调读取，请确认。`,
              en: `${file} has the axes swapped: easting (Y) before northing (X), for example in line ${row}. They were read the other way round: please confirm.`,
            },
        where: { file, row },
      });
    }
    return { northFirst, degrees, extremes, warnings };
  }

  #mixed(row: number): AppError {
    const file = this.#file;
    return new AppError(
      'coordinate-outside-crs',
      {
        zh: `${file} 第 ${row} 行的横纵坐标与其他界址点相反：有的先北坐标（X），有的先东坐标（Y）。请统一为先北坐标（X）后东坐标（Y）。`,
        en: `Line ${row} of ${file} has its axes the other way round than other points. Put the northing (X) first in all of them.`,
      },
      { file, row },
    );
  }
}
