/**
 * A seeded county of any size, as files that intake reads: parcels in clusters, red lines with very many vertices, land use of three
 * years that tiles the county (each year drawn anew: no patch is shared between years, the worst case for an overlay), an elevation model.
 * EPSG:4524 in metres, red lines in degrees. Relief and lattice are of integer hashes, so the same seed gives the same county.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, dbf } from '../../data-samples/make/formats/dbf.ts';
import { geotiff } from '../../data-samples/make/formats/geotiff.ts';
import { zip } from '../../data-samples/make/formats/zip.ts';
import { Chance, chanceAt, smoothNoise } from '../../data-samples/make/random.ts';
import { gaussKruegerInverse } from '../witness/official_area.ts';
import { shapefileBytes } from './shapefile-bytes.ts';

export interface CountySize {
  parcels: number;
  redLines: number;
  redLineVertices: number;
  /** patches of each year */
  landUse: number;
  years: readonly number[];
  /** cells of a side */
  demSide: number;
  /** of each side of a patch of land use, between its corners */
  edgeVertices: number;
  seed: number;
}

/** the size at which the engine is judged */
export const fullCounty: CountySize = {
  parcels: 100_000,
  redLines: 400,
  redLineVertices: 11_000,
  landUse: 200_000,
  years: [2018, 2020, 2023],
  demSide: 8000,
  edgeVertices: 4,
  seed: 20231206,
};

/** side of the county in metres, and its south-west corner in zone 36 (108° E) */
const side = 112_000;
const west = 36_520_000;
const south = 3_140_000;
const parcelVertices = 26;

type Point = readonly [number, number];

export interface CountyFiles {
  parcels: string;
  redLine: string;
  landUse: { year: number; path: string }[];
  dem: string;
}

export async function writeCounty(size: CountySize, folder: string): Promise<CountyFiles> {
  mkdirSync(folder, { recursive: true });
  const files: CountyFiles = {
    parcels: join(folder, 'parcels.zip'),
    redLine: join(folder, 'red-line.zip'),
    landUse: size.years.map((year) => ({ year, path: join(folder, `land-use-${year}.zip`) })),
    dem: join(folder, 'dem.tif'),
  };
  await writeParcels(size, files.parcels);
  await writeLayer(files.redLine, 'red', degreePrj, redLineColumns, redLines(size));
  for (const { year, path } of files.landUse) await writeLandUse(size, year, path);
  writeFileSync(files.dem, elevation(size));
  return files;
}

/** The parcels alone. @param version of each another hundredth of them lies a metre further east, and stays there in those behind it */
export function writeParcels(size: CountySize, path: string, version = 0): Promise<void> {
  return writeLayer(path, 'parcels', planePrj, parcelColumns, parcels(size, movedPlots.slice(0, version)));
}

export function writeLandUse(size: CountySize, year: number, path: string): Promise<void> {
  return writeLayer(path, 'dltb', planePrj, landUseColumns, landUse(size, year));
}

interface Feature {
  ring: Point[];
  values: (string | number)[];
}

const text = (name: string, width: number): Column => ({ name, kind: 'C', width });
const parcelColumns = [
  text('DKBH', 12),
  text('XMBH', 14),
  { name: 'XZMJ', kind: 'N', width: 12, decimals: 2 } as Column,
];
const redLineColumns = [text('HXMC', 20), text('HXBM', 12)];
const landUseColumns = [text('TBBH', 8), text('DLBM', 5), text('ZZSXDM', 4)];

/** of each project, one a version */
const movedPlots = [61, 64, 67];

/** Projects of 100 plots, 10 × 10 at 110 m; every fiftieth plot reaches into its neighbour. */
function* parcels({ parcels: count, seed }: CountySize, moved: readonly number[]): Generator<Feature> {
  const chance = new Chance(seed);
  for (let n = 0, project = 0; n < count; project++) {
    const x0 = west + chance.between(2000, side - 4000);
    const y0 = south + chance.between(2000, side - 4000);
    const code = `500242${2019 + (project % 3)}${String(project % 10_000).padStart(4, '0')}`;
    for (let plot = 0; plot < 100 && n < count; plot++, n++) {
      const middle: Point = [x0 + 110 * (plot % 10), y0 + 110 * Math.floor(plot / 10)];
      const ring = blob(chance, middle, chance.between(22, 48) + (plot % 50 === 7 ? 40 : 0), parcelVertices, 0.12);
      if (moved.includes(plot)) for (const [at, [x, y]] of ring.entries()) ring[at] = [round(x + 1), y];
      const areaM2 = Math.abs(planarArea(ring)) * (plot % 40 === 3 ? 1.05 : 1);
      yield { ring, values: [`P${String(n + 1).padStart(9, '0')}`, code, areaM2] };
    }
  }
}

/**
 * Bands of 250 to 1,400 m along ridges and rivers, 10 to 40 km long: what makes red lines costly is how far they reach. Of 100,000 parcels
 * 44,000 meet one or two. Against the bare limit the naive overlay then takes nearly what the brief says of its county (README).
 */
function* redLines({ redLines: count, redLineVertices, seed }: CountySize): Generator<Feature> {
  const chance = new Chance(seed + 1);
  const degrees = (rad: number) => Math.round((rad * 180e10) / Math.PI) / 1e10;
  for (let n = 0; n < count; n++) {
    const middle: Point = [west + chance.between(20_000, side - 20_000), south + chance.between(20_000, side - 20_000)];
    const ring = band(chance, middle, chance.between(10_000, 40_000), chance.between(250, 1400), redLineVertices).map(
      ([x, y]): Point => {
        const [latitude, longitude] = gaussKruegerInverse([x, y], 108);
        return [degrees(longitude), degrees(latitude)];
      },
    );
    yield { ring, values: [`红线${n + 1}`, `HX${n + 1}`] };
  }
}

/** A band along a winding line that never turns back, so that its sides do not meet. */
function band(chance: Chance, [x, y]: Point, length: number, width: number, vertices: number): Point[] {
  const seed = chance.whole(1, 1 << 30);
  const turn = chance.between(0, Math.PI);
  const half = Math.floor(vertices / 2);
  const side = (away: number) =>
    Array.from({ length: half }, (_, k): Point => {
      const u = (k / (half - 1) - 0.5) * length;
      const bend = 1500 * smoothNoise(u / 4000 + 9, 0.5, seed) + 200 * smoothNoise(u / 300 + 9, 0.5, seed + 1);
      const v = bend + (away * width * (1 + 0.4 * smoothNoise(u / 60 + 9, away, seed + 2))) / 2;
      return [round(x + u * Math.cos(turn) - v * Math.sin(turn)), round(y + u * Math.sin(turn) + v * Math.cos(turn))];
    });
  return [...side(1), ...side(-1).reverse()];
}

/** A lattice of crooked cells; neighbours share their edges to the digit. */
function* landUse({ landUse: count, edgeVertices, seed }: CountySize, year: number): Generator<Feature> {
  const cells = Math.ceil(Math.sqrt(count));
  const cell = side / cells;
  const of = seed + year;
  const shift = (i: number, j: number, salt: number) => (chanceAt(i, j, of + salt) - 0.5) * 0.5 * cell;
  const node = (i: number, j: number): Point => [
    round(west + i * cell + shift(i, j, 1)),
    round(south + j * cell + shift(i, j, 2)),
  ];
  const between = edgeVertices;
  const edge = (i: number, j: number, upward: boolean): Point[] => {
    const a = node(i, j);
    const b = upward ? node(i, j + 1) : node(i + 1, j);
    return Array.from({ length: between }, (_, k): Point => {
      const t = (k + 1) / (between + 1);
      const off = (chanceAt(i * between + k, j, of + (upward ? 3 : 4)) - 0.5) * 0.12 * cell;
      return [
        round(a[0] + (b[0] - a[0]) * t + (upward ? off : 0)),
        round(a[1] + (b[1] - a[1]) * t + (upward ? 0 : off)),
      ];
    });
  };
  // before the projects little was farmland, after them most of what they made is
  const farmland = year < 2019 ? 0.08 : 0.88;
  const others = ['0201', '0301', '0305', '0404', '0702', '1006', '1104', '1202'];
  for (let n = 0; n < count; n++) {
    const i = n % cells;
    const j = Math.floor(n / cells);
    const ring = [
      node(i, j),
      ...edge(i, j, true),
      node(i, j + 1),
      ...edge(i, j + 1, false),
      node(i + 1, j + 1),
      ...edge(i + 1, j, true).reverse(),
      node(i + 1, j),
      ...edge(i, j, false).reverse(),
    ];
    const chance = chanceAt(i, j, of + 5);
    const isFarmland = chance < farmland;
    const code = isFarmland ? '0103' : others[Math.floor(chanceAt(i, j, of + 6) * others.length)]!;
    const planting = isFarmland ? (chance < 0.03 ? 'WG' : chance < 0.1 ? 'FLS' : 'LS') : '';
    yield { ring, values: [String(n + 1), code, planting] };
  }
}

/** A star-shaped ring with noise of several wave lengths. */
function blob(chance: Chance, [x, y]: Point, radius: number, vertices: number, roughness: number): Point[] {
  const seed = chance.whole(1, 1 << 30);
  return Array.from({ length: vertices }, (_, k): Point => {
    const turn = (2 * Math.PI * k) / vertices;
    const wave = (times: number) => smoothNoise(Math.cos(turn) * times + 50, Math.sin(turn) * times + 50, seed);
    const r = radius * (1 + roughness * (wave(1.5) + 0.5 * wave(6) + 0.25 * wave(24) + 0.1 * wave(96)));
    return [round(x + r * Math.cos(turn)), round(y + r * Math.sin(turn))];
  });
}

function elevation({ demSide, seed }: CountySize): Buffer {
  const cellM = side / demSide;
  const values = new Float32Array(demSide * demSide);
  // mountains of 6 km and hills of 1.2 km, sampled bilinearly from a coarser field: 64 million cells within a few seconds
  const step = 8;
  const coarse = Math.ceil(demSide / step) + 2;
  const field = new Float64Array(coarse * coarse);
  for (let r = 0; r < coarse; r++) {
    for (let c = 0; c < coarse; c++) {
      const x = c * step * cellM;
      const y = r * step * cellM;
      field[r * coarse + c] =
        800 + 500 * smoothNoise(x / 6000, y / 6000, seed + 7) + 110 * smoothNoise(x / 1200, y / 1200, seed + 8);
    }
  }
  for (let r = 0; r < demSide; r++) {
    const i = Math.floor(r / step);
    const v = (r % step) / step;
    for (let c = 0; c < demSide; c++) {
      const j = Math.floor(c / step);
      const u = (c % step) / step;
      const at = i * coarse + j;
      const top = field[at]! + (field[at + 1]! - field[at]!) * u;
      const low = field[at + coarse]! + (field[at + coarse + 1]! - field[at + coarse]!) * u;
      values[r * demSide + c] = top + (low - top) * v;
    }
  }
  return geotiff(
    { columns: demSide, rows: demSide, x0: west, y0: south, values },
    {
      east: west,
      north: south + side,
      cellM,
      epsg: 4524,
      citation: 'CGCS2000 / 3-degree Gauss-Kruger zone 36',
      pixelIsPoint: false,
      noData: -9999,
    },
  );
}

const round = (metres: number) => Math.round(metres * 1000) / 1000;

function planarArea(ring: readonly Point[]): number {
  let sum = 0;
  const [x0, y0] = ring[0]!;
  for (let n = 0; n < ring.length; n++) {
    const [x, y] = ring[n]!;
    const [x2, y2] = ring[(n + 1) % ring.length]!;
    sum += (x - x0) * (y2 - y0) - (x2 - x0) * (y - y0);
  }
  return sum / 2;
}

async function writeLayer(
  path: string,
  stem: string,
  prj: string,
  columns: Column[],
  features: Iterable<Feature>,
): Promise<void> {
  const rings: Point[][] = [];
  const rows: (string | number)[][] = [];
  for (const { ring, values } of features) {
    rings.push(planarArea(ring) > 0 ? [...ring].reverse() : ring);
    rows.push(values);
  }
  const { shp, shx } = shapefileBytes(rings);
  writeFileSync(
    path,
    await zip([
      [`${stem}.shp`, shp],
      [`${stem}.shx`, shx],
      [`${stem}.dbf`, dbf(columns, rows, { name: 'utf-8', ldid: 0 })],
      [`${stem}.cpg`, Buffer.from('UTF-8')],
      [`${stem}.prj`, Buffer.from(prj)],
    ]),
  );
}

const degreePrj =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const planePrj = `PROJCS["CGCS2000_3_Degree_GK_Zone_36",${degreePrj},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`;
