/**
 * `crs` members of a GeoJSON, below its top too. The form of 2008 allows one on any object, and PostGIS writes one into
 * every geometry that is not in EPSG:4326; passed over, Xian 80 in degrees would be taken for WGS 84 without a word.
 */
import { AppError } from '../../errors.ts';
import { type CrsStatement, readGeojsonCrs } from '../prj.ts';
import { toPlain } from './geojson-fields.ts';
import type { RowPlace } from './geojson-shapes.ts';
import type { JsonValue } from './json-text.ts';

export class CrsMembers {
  readonly #file: string;
  #first: { said: CrsStatement; row: number } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The member of one row; absent or null says nothing. Throws crs-conflict where two rows say different systems. */
  add(member: JsonValue | undefined, { row }: RowPlace): void {
    if (member === undefined || member === null) return;
    const said = readGeojsonCrs(toPlain(member));
    if (this.#first === undefined) this.#first = { said, row };
    else if (!alike(said, this.#first.said)) {
      const other = this.#first.row;
      throw this.#conflict(row, said, { zh: `第 ${other} 个要素`, en: `feature ${other}` });
    }
  }

  /** The members of a geometry and of what it collects. */
  addOf(geometry: JsonValue | undefined, place: RowPlace): void {
    if (!(geometry instanceof Map)) return;
    this.add(geometry.get('crs'), place);
    const members = geometry.get('geometries');
    if (Array.isArray(members)) for (const member of members) this.addOf(member, place);
  }

  /** What the file says as a whole: by its own member, else by those of its rows. Throws crs-conflict where they differ. */
  decide(member: unknown): CrsStatement {
    const said = readGeojsonCrs(member);
    if (this.#first === undefined) return said;
    if (said.kind === 'none' || alike(said, this.#first.said)) return this.#first.said;
    throw this.#conflict(this.#first.row, this.#first.said, {
      zh: '文件的 crs 成员',
      en: 'the crs member of the file',
    });
  }

  #conflict(row: number, said: CrsStatement, other: { zh: string; en: string }): AppError {
    const name = 'name' in said ? said.name : '';
    return new AppError(
      'crs-conflict',
      {
        zh: `${this.#file} 第 ${row} 个要素写明的坐标系“${name}”与${other.zh}写明的不同。请统一坐标系后重新导出。`,
        en: `Feature ${row} of ${this.#file} states the coordinate system "${name}", ${other.en} states another. Give all of them one and export again.`,
      },
      { file: this.#file, row },
    );
  }
}

/** One system has several spellings ("EPSG:4524", "urn:ogc:def:crs:EPSG::4524"); what is no system is compared as written. */
function alike(a: CrsStatement, b: CrsStatement): boolean {
  if (a.kind === 'system' && b.kind === 'system') return a.system.epsg === b.system.epsg;
  return a.kind === b.kind && 'name' in a && 'name' in b && a.name === b.name;
}
