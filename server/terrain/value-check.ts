/**
 * Do the numbers look like what they are said to be? A slope in percent, in radians or as classes 1–5, an elevation in
 * centimetres, a sheet filled up with 0: each reads as land that is flatter than it is, so each is refused by name.
 */
import type { Meaning, RasterKind } from './raster-meaning.ts';
import { type RasterWarning, refuse } from './refusals.ts';

/** lowest and highest land on earth (Dead Sea −430 m, Qomolangma 8,849 m), with room */
const lowest = -500;
const highest = 9000;
/** no county with land above 50 m everywhere has cells of exactly 0 m: they are fill */
const fillGap = 50;

export class ValueCheck {
  readonly #kind: RasterKind;
  readonly #meaning: Meaning;
  #row = 0;
  #seen = 0;
  #missing = 0;
  #zeros = 0;
  #min = Infinity;
  #max = -Infinity;
  /** of the values that are not 0 */
  #minOther = Infinity;
  #whole = true;
  readonly #classes = new Set<number>();

  constructor(kind: RasterKind, meaning: Meaning) {
    this.#kind = kind;
    this.#meaning = meaning;
  }

  /** @throws AppError raster-units at the first value that cannot be one */
  row(values: Float64Array): void {
    const [low, high] = this.#kind === 'slope' ? [0, 90] : [lowest, highest];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        this.#missing++;
        continue;
      }
      if (value < low || value > high) throw this.#outOfRange(value, i);
      this.#seen++;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      if (value === 0) this.#zeros++;
      else if (value < this.#minOther) this.#minOther = value;
      if (this.#whole) {
        if (Number.isInteger(value) && value <= 5) this.#classes.add(value);
        else this.#whole = false;
      }
    }
    this.#row++;
  }

  /** After the last row, `slopes` cells of which have one. @throws AppError raster-units; @returns what was in doubt but taken */
  finish(slopes: number): RasterWarning[] {
    // an elevation model of two rows, or full of gaps, has values and not one slope
    if (this.#seen === 0 || slopes === 0) return [emptyWarning];
    if (this.#kind === 'slope') this.#refuseOtherMeasures();
    const undeclared = this.#meaning.noData === undefined && this.#missing === 0;
    if (this.#kind === 'dem' && this.#zeros > 0 && this.#min === 0 && this.#minOther > fillGap) throw this.#zeroFill();
    return this.#zeros > 0 && undeclared ? [zeroWarning(this.#zeros)] : [];
  }

  #refuseOtherMeasures(): void {
    if (this.#meaning.unitDeclared) return;
    if (this.#whole && this.#classes.size >= 3 && this.#max <= 5) {
      throw refuse(
        'raster-units',
        '栅格的值全是 0–5 的整数，像是坡度分级（1–5 级）而不是坡度。请上传以度为单位的坡度栅格；坡度图（PDT）请以矢量、类型 slope-zones 上传。',
        'All values are whole numbers 0–5: slope classes, it seems, not slopes. Upload slope in degrees; upload a slope-zone map as polygons, type slope-zones.',
      );
    }
    if (!this.#whole && this.#max <= Math.PI / 2) {
      throw refuse(
        'raster-units',
        `坡度最大值只有 ${this.#max.toFixed(3)}，像是弧度而不是度。请以“度（DEGREE）”重新计算；若确为度，请在文件中写明单位（unit type = degree）。`,
        `The greatest slope is ${this.#max.toFixed(3)}: radians, it seems, not degrees. Compute it in DEGREE; if it is degrees, state the unit in the file (unit type = degree).`,
      );
    }
  }

  #outOfRange(value: number, column: number) {
    const shown = Number(value.toPrecision(6));
    const where = `(${this.#row + 1}, ${column + 1})`;
    if (this.#kind === 'dem') {
      return refuse(
        'raster-units',
        `第（行, 列）${where} 像元的高程为 ${shown}，不可能是以米为单位的高程。若它表示无数据，请把它声明为 NoData；若单位不是米，请换算后重新导出。`,
        `The cell at (row, column) ${where} is ${shown}, which no elevation in metres can be. If it marks missing data, declare it as NoData; if the unit is not metres, convert it.`,
      );
    }
    return refuse(
      'raster-units',
      `第（行, 列）${where} 像元的坡度为 ${shown}，不在 0–90 度之内。${
        value > 90 ? '若单位是百分比，请以“度（DEGREE）”重新计算；' : ''
      }若它表示无数据，请把它声明为 NoData 后重新导出。`,
      `The cell at (row, column) ${where} is ${shown}, outside 0–90 degrees. ${
        value > 90 ? 'If the unit is percent, compute it again in DEGREE. ' : ''
      }If it marks missing data, declare it as NoData and export again.`,
    );
  }

  #zeroFill() {
    const gap = Number(this.#minOther.toPrecision(6));
    return refuse(
      'raster-units',
      `高程中有 ${this.#zeros} 个像元恰为 0，而其余最低为 ${gap} 米：0 应是填充值。请把 0 声明为 NoData 后重新导出，否则图廓外会被算成平地。`,
      `${this.#zeros} cells are exactly 0 while the lowest other is ${gap} m: 0 must be fill. Declare 0 as NoData and export again, or what lies outside the sheet is taken for flat land.`,
    );
  }
}

const emptyWarning: RasterWarning = {
  code: 'raster-empty',
  message: {
    zh: '栅格没有一个像元有坡度（全为无数据，或高程不足三行三列），所有地块的坡度都将是“无法判定”。',
    en: 'The raster has no cell with a slope (no data, or elevations of under three rows or columns); the slope of every parcel will be undetermined.',
  },
};

function zeroWarning(zeros: number): RasterWarning {
  return {
    code: 'nodata-undeclared',
    message: {
      zh: `文件没有声明 NoData 值，而有 ${zeros} 个像元恰为 0，已按真实数值读取。请确认图廓外没有用 0 填充。`,
      en: `The file declares no NoData value and ${zeros} cells are exactly 0; they are read as real values. Check that nothing outside the sheet is filled with 0.`,
    },
  };
}
