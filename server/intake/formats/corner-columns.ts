/** The heading of a table of boundary points: where it stands, which column is which, what becomes of the others. */
import { printable } from '../printable.ts';
import { columnLetter, type TableRow } from '../tables/table.ts';
import {
  areas,
  areaUnit,
  headsPoints,
  known,
  lengthUnit,
  type Meaning,
  meaning,
  ofPlots,
  ofPoints,
  otherNames,
  plain,
  type Role,
} from './corner-names.ts';
import { type ColumnPlace, headTwice } from './corner-problems.ts';
import { systemKey } from './txt-parse.ts';

export interface Attribute extends ColumnPlace {
  index: number;
  /** the name it gets as a field */
  name: string;
  /** what the heading says behind the name: 公顷, 亩 … */
  unit: string | undefined;
  figure: boolean;
  /** says something of the plot, so that two values of one plot contradict; of others nobody knows */
  ofPlots: boolean;
}

export interface HeadColumn extends ColumnPlace {
  index: number;
}

export interface Head {
  row: number;
  /** north and east are latitude and longitude where `degrees` */
  north: HeadColumn;
  east: HeadColumn;
  degrees: boolean;
  /** the heading says metres */
  metres: boolean;
  columns: Partial<Record<Role, HeadColumn>>;
  attributes: Attribute[];
  /** columns headed 坐标系, 带号 …: what they say must be the same in every row */
  system: (HeadColumn & { key: string })[];
  /** columns of points, left out */
  ofPoints: HeadColumn[];
  /** letters of the whole heading, by which its repetition on the next page is known */
  cells: readonly string[];
}

/** rows in which a heading is looked for; titles and what is said of the whole table stand above it */
export const searched = 20;

interface Named extends HeadColumn {
  name: string;
  inner: string;
  found: Meaning | undefined;
}

function named(index: number, text: string): Named {
  const parts = plain(text);
  return { index, letter: columnLetter(index), head: printable(text), ...parts, found: meaning(parts) };
}

/** The heading among the first rows, and the rows above it. Throws table-invalid where two columns mean the same. */
export function findHead(rows: Iterable<TableRow>, file: string): { head: Head; above: TableRow[] } | undefined {
  const above: TableRow[] = [];
  for (const row of rows) {
    if (above.length === searched) return undefined;
    const texts = row.cells.map((cell) => (cell?.is === 'text' ? cell.text : ''));
    if (headsPoints(texts)) return { head: headOf(row, above.at(-1), texts, file), above };
    above.push(row);
  }
  return undefined;
}

function headOf(row: TableRow, before: TableRow | undefined, texts: string[], file: string): Head {
  // a heading of two rows has 坐标 over X and Y, and 地块编号 over an empty cell
  const upper = before && before.row === row.row - 1 ? before.cells : [];
  const columns: Named[] = [];
  for (let i = 0; i < Math.max(texts.length, upper.length); i++) {
    const text = texts[i] || (upper[i]?.is === 'text' ? upper[i]!.text : '');
    if (text !== '') columns.push(named(i, text));
  }
  const place = { file, row: row.row };
  const of = (role: Role) => columns.filter(({ found }) => found?.role === role);
  const degrees = of('north').length === 0 || of('east').length === 0;
  const [northRole, eastRole] = degrees ? (['lat', 'lon'] as const) : (['north', 'east'] as const);
  for (const role of [northRole, eastRole]) if (of(role).length > 1) throw headTwice(place, of(role));
  const north = of(northRole)[0]!;
  const east = of(eastRole)[0]!;
  const chosen: Partial<Record<Role, Named>> = {};
  for (const role of ['plot', 'project', 'ring', 'point', 'serial'] as const) {
    const candidates = of(role);
    const rank = Math.min(...candidates.map(({ found }) => found!.rank));
    const best = candidates.filter(({ found }) => found!.rank === rank);
    if (best.length > 1) throw headTwice(place, best);
    if (best[0]) chosen[role] = best[0];
  }
  const taken = new Set([north, east, chosen.ring, chosen.point, chosen.serial]);
  const rest = columns.filter((column) => !taken.has(column));
  const coordinates: readonly (Role | undefined)[] = ['north', 'east', 'lat', 'lon'];
  const isOfPoints = ({ name, found }: Named) => ofPoints.test(name) || coordinates.includes(found?.role);
  const isSystem = ({ name }: Named) => systemKey.test(name);
  return {
    row: row.row,
    north,
    east,
    degrees,
    metres: lengthUnit.test(north.inner) && lengthUnit.test(east.inner),
    columns: chosen,
    attributes: attributesOf(
      rest.filter((column) => !isOfPoints(column) && !isSystem(column)),
      chosen,
    ),
    system: rest.filter(isSystem).map((column) => ({ ...column, key: column.name })),
    ofPoints: rest.filter(isOfPoints),
    cells: texts,
  };
}

function attributesOf(columns: Named[], { plot, project }: Partial<Record<Role, Named>>): Attribute[] {
  const used = new Set<string>();
  return columns.map((column): Attribute => {
    const { index, letter, head, name, inner } = column;
    const short = otherNames[name] ?? name;
    const isKnown = known.has(short) || ofPlots.test(short);
    // with its unit off the name is one that parcels are read by; what is not known keeps its letters
    let field =
      column === plot && !isKnown && /号|代码|标识|ID$|PARCEL|PLOT/.test(name) ? '地块编号' : isKnown ? short : head;
    for (let n = 2; used.has(field); n++) field = `${isKnown ? short : head}_${n}`;
    used.add(field);
    const figure = areas.has(short) || short === '界址点数';
    const unit = areas.has(short) && areaUnit.test(inner) ? inner.replace(/^单位/, '').toLowerCase() : undefined;
    return {
      index,
      letter,
      head,
      name: field,
      unit,
      figure,
      ofPlots: isKnown || column === plot || column === project,
    };
  });
}
