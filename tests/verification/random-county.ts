/**
 * A county drawn from a seed and written as files: what clerks deliver, and what no sample would think of. Parcels in two
 * sets, land use of three years with overlaps, gaps and empty classes, every other kind of layer, each file in a
 * coordinate system of its own. Nothing here knows how a check works.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromPlane } from '../../server/domain/gauss-kruger.ts';
import { seeded } from '../support/seeded.ts';
import { writeTiff } from '../terrain/tiff-writer.ts';
import { drawParcels } from './random-parcels.ts';
import {
  Draw,
  east,
  high,
  north,
  type Point,
  type Polygon,
  type Row,
  rectangle,
  spot,
  star,
  wide,
} from './random-shapes.ts';

export interface CountyLayer {
  file: string;
  type: string;
  year?: number;
}
export interface RandomCounty {
  folder: string;
  parcels: string[];
  layers: CountyLayer[];
  params: Record<string, Record<string, number | boolean>>;
}

const systems = [4524, 4545, 4490] as const;
const codes2013 = ['011', '012', '013', '021', '031', '043', '122', '104', '204', '111', ''];
const codes = [
  '0101',
  '0102',
  '0103',
  '0103',
  '0103',
  '0201K',
  '0201',
  '0204k',
  '0301',
  '0307K',
  '0404',
  '0402',
  '0601',
].concat(['0702', '1006', '1003', '1104A', '1107', '1202', '1206', '']);
const plantings = ['LS', 'LS', 'FLS', 'WG', 'LYFL', 'JKHF', 'GCHF', null, ''];

/** Writes the files of `seed` into `folder`. */
export function writeRandomCounty(seed: number, folder: string): RandomCounty {
  const draw = new Draw(seeded(seed));
  const county: RandomCounty = { folder, parcels: [], layers: [], params: drawParams(draw) };
  const borders = [draw.between(0.2, 0.4), draw.between(0.5, 0.8)].map((share) => east + share * wide);
  const [first, second] = drawParcels(draw, borders);
  for (const [i, rows] of [first, second].entries()) {
    county.parcels.push(save(draw, folder, `parcels-${i + 1}.geojson`, rows));
  }
  const add = (type: string, rows: Row[], year?: number) => {
    const file = save(draw, folder, `${type}${year ?? ''}.geojson`, rows);
    county.layers.push({ file, type, ...(year === undefined ? {} : { year }) });
  };
  add(
    'eco-red-line',
    blots(draw, 6, 60, 320, (i) => ({ HXMC: `红线${i}`, BSM: `HX${i}` })),
  );
  add('land-use', landUse(draw, codes2013, [null]), 2012);
  add('land-use', landUse(draw, codes, plantings), 2018);
  add('land-use', landUse(draw, codes, plantings), 2023);
  if (draw.chance(0.9))
    add(
      'occupation',
      blots(draw, 14, 15, 130, () => approval(draw)),
    );
  if (draw.chance(0.9))
    add(
      'issue',
      blots(draw, 14, 10, 120, (i) => issueOf(draw, i)),
    );
  if (draw.chance(0.8))
    add(
      'steep-ban',
      blots(draw, 3, 60, 240, (i) => ({ BSM: `JZ${i}` })),
    );
  if (draw.chance(0.7)) add('levelling', levelling(draw));
  if (draw.chance(0.7)) add('boundary', boundary(draw));
  if (draw.chance(0.8)) add('township', townships(borders));
  county.layers.push(relief(draw, folder));
  return county;
}

function drawParams(draw: Draw): RandomCounty['params'] {
  return {
    ...(draw.chance(0.3) ? { 'steep-slope': { max_slope_deg: 15 } } : {}),
    ...(draw.chance(0.3) ? { 'non-grain': { treat_as_fail: true } } : {}),
    ...(draw.chance(0.3) ? { 'prior-farmland': { base_year: 2020 } } : {}),
    ...(draw.chance(0.3) ? { 'eco-red-line': { min_area_m2: 40 }, 'parcel-geometry': { min_parcel_m2: 12 } } : {}),
  };
}

/** `count` stars that may lie on one another. */
function blots(
  draw: Draw,
  count: number,
  low: number,
  top: number,
  properties: (i: number) => Row['properties'],
): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const [at, radius] = [spot(draw), draw.between(low, top)];
    const shell = star(draw, at, radius, draw.of([6, 12, 40, 420]));
    return {
      polygons: [draw.chance(0.25) ? [shell, star(draw, at, 0.35 * radius, 9)] : [shell]],
      properties: properties(i),
    };
  });
}

/** A crooked net of patches, some missing, some split, with stars thrown over it that contradict it. */
function landUse(draw: Draw, classes: string[], marks: (string | null)[]): Row[] {
  const [columns, lines] = [11, 7];
  const knots = Array.from({ length: lines + 1 }, (_, j) =>
    Array.from(
      { length: columns + 1 },
      (_, i): Point => [
        east - 40 + ((wide + 80) * i) / columns + draw.between(-40, 40),
        north - 40 + ((high + 80) * j) / lines + draw.between(-40, 40),
      ],
    ),
  );
  const patch = (polygons: Polygon[]): Row => ({
    polygons,
    properties: {
      DLBM: draw.chance(0.4) ? classes[1]! : draw.chance(0.03) ? null : draw.of(classes),
      ZZSXDM: draw.of(marks),
      BSM: String(draw.whole(1, 9999)),
    },
  });
  const rows: Row[] = [];
  for (let j = 0; j < lines; j++) {
    for (let i = 0; i < columns; i++) {
      if (draw.chance(0.05)) continue;
      const ring = [knots[j]![i]!, knots[j]![i + 1]!, knots[j + 1]![i + 1]!, knots[j + 1]![i]!];
      rows.push(patch([[ring]]));
    }
  }
  for (let i = 0; i < 16; i++)
    rows.push(patch([[star(draw, spot(draw), draw.between(15, 140), draw.of([6, 15, 260]))]]));
  return rows;
}

function approval(draw: Draw): Row['properties'] {
  return {
    XMMC: '某工程',
    PZWH: draw.of([null, '', '渝府地〔2023〕12号']),
    PZRQ: draw.of([null, '20140301', '2021-11-30', '2023.5.6', '2025年1月2日']),
  };
}

function issueOf(draw: Draw, i: number): Row['properties'] {
  return {
    JCBH: `WT${i}`,
    WTLY: draw.of(['国家督察', '卫片执法', null]),
    ZGCS: draw.of(['核减', '恢复', '恢复耕地', '撂荒整治', '说明情况', null]),
  };
}

function levelling(draw: Draw): Row[] {
  const centre: Point = [east + wide / 2, north + high / 2];
  return [
    { polygons: [[rectangle(centre, wide, high * 0.8, 0.05)]], properties: { BSM: '1' } },
    ...blots(draw, 3, 50, 200, (i) => ({ BSM: `P${i}` })),
  ];
}

function boundary(draw: Draw): Row[] {
  const centre: Point = [east + wide / 2, north + high / 2];
  const ring = star(draw, centre, 1, 90).map(
    ([x, y]): Point => [centre[0] + (x - centre[0]) * wide * 0.68, centre[1] + (y - centre[1]) * high * 0.75],
  );
  return [{ polygons: [[ring]], properties: { XZQDM: '500242', XZQMC: '某县' } }];
}

function townships(borders: number[]): Row[] {
  const edges = [east - 500, ...borders, east + wide + 500];
  return ['钟多镇', '龙潭镇', '酉酬镇'].map((name, i) => {
    const [west, right] = [edges[i]!, edges[i + 1]!];
    const ring: Point[] = [
      [west, north - 100],
      [right, north - 100],
      [right + (i < 2 ? 80 : 0), north + high + 100],
      [west + (i > 0 ? 80 : 0), north + high + 100],
    ];
    return { polygons: [[ring]], properties: { XZQMC: name, XZQDM: `50024210${i}` } };
  });
}

/** Slope or elevation, smaller than the county, with holes and with cells of exactly 25 degrees. */
function relief(draw: Draw, folder: string): CountyLayer {
  const type = draw.of(['slope', 'dem']);
  const cell = draw.of([12.5, 30]);
  const [width, height] = [Math.floor((wide * 0.95) / cell), Math.floor(high / cell)];
  const cells = new Float32Array(width * height);
  const waves = Array.from(
    { length: 5 },
    () => [draw.between(0.004, 0.02), draw.between(0.004, 0.02), draw.between(0, 6)] as const,
  );
  for (let i = 0; i < cells.length; i++) {
    const [x, y] = [(i % width) * cell, Math.floor(i / width) * cell];
    const sum = waves.reduce((total, [a, b, c]) => total + Math.sin(a * x + b * y + c), 0);
    cells[i] = draw.chance(0.01) ? -9999 : type === 'dem' ? 600 + 20 * sum : draw.chance(0.02) ? 25 : 18 + 5 * sum;
    if (type === 'slope' && cells[i] !== -9999) cells[i] = Math.max(0, cells[i] as number);
  }
  const srid = draw.of([4545, 4524]);
  const place: [number, number, number, number] = [east + (srid === 4524 ? 36e6 : 0), north + high - 30, cell, cell];
  writeFileSync(join(folder, `${type}.tif`), writeTiff({ width, height, cells, srid, place, noData: '-9999' }));
  return { file: `${type}.tif`, type };
}

function save(draw: Draw, folder: string, file: string, rows: Row[]): string {
  const srid = draw.of(systems);
  const written = rows.map(({ polygons, properties }) => ({
    type: 'Feature',
    properties,
    geometry: polygons && {
      type: 'MultiPolygon',
      coordinates: polygons.map((rings) =>
        rings.map((ring) => [...ring, ring[0] as Point].map((p) => placed(p, srid))),
      ),
    },
  }));
  const crs = { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${srid}` } };
  writeFileSync(join(folder, file), JSON.stringify({ type: 'FeatureCollection', crs, features: written }));
  return file;
}

/** Kept to the millimetre, or to the tenth of one where the file is in degrees. */
function placed([x, y]: Point, srid: (typeof systems)[number]): Point {
  if (srid !== 4490) return [Number((x + (srid === 4524 ? 36e6 : 0)).toFixed(3)), Number(y.toFixed(3))];
  const [lon, lat] = fromPlane(x, y, { centralMeridian: 108, falseEasting: 500_000, scale: 1 });
  return [Number(lon.toFixed(9)), Number(lat.toFixed(9))];
}
