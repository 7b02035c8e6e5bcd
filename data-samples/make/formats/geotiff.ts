/** Writes a GeoTIFF of one float32 band, uncompressed, in strips: the same bytes everywhere. */
import type { Grid } from '../terrain.ts';

export interface Georeference {
  /** easting and northing of the upper left corner of the upper left cell */
  east: number;
  north: number;
  cellM: number;
  epsg: number;
  citation: string;
  /** PixelIsPoint: the tie point is the first cell's centre, as elevation models have it */
  pixelIsPoint: boolean;
  noData: number;
}

type Field = { tag: number; type: 2 | 3 | 4 | 12; values: number[] | string };

const sizeOf = { 2: 1, 3: 2, 4: 4, 12: 8 } as const;
const rowsPerStrip = 16;

export function geotiff(grid: Grid, ref: Georeference): Buffer {
  const { columns, rows } = grid;
  const strips = Math.ceil(rows / rowsPerStrip);
  const half = ref.pixelIsPoint ? ref.cellM / 2 : 0;
  const counts = Array.from(
    { length: strips },
    (_, n) => Math.min(rowsPerStrip, rows - n * rowsPerStrip) * columns * 4,
  );
  // GeoKeys: a projected system, point or area, its EPSG code, metres, and its name for a person
  const keys = [1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, ref.pixelIsPoint ? 2 : 1];
  keys.push(3072, 0, 1, ref.epsg, 3073, 34737, ref.citation.length + 1, 0);
  const fields: Field[] = [
    { tag: 256, type: 3, values: [columns] },
    { tag: 257, type: 3, values: [rows] },
    { tag: 258, type: 3, values: [32] },
    { tag: 259, type: 3, values: [1] },
    { tag: 262, type: 3, values: [1] },
    { tag: 273, type: 4, values: counts.map(() => 0) },
    { tag: 277, type: 3, values: [1] },
    { tag: 278, type: 3, values: [rowsPerStrip] },
    { tag: 279, type: 4, values: counts },
    { tag: 284, type: 3, values: [1] },
    { tag: 339, type: 3, values: [3] },
    { tag: 33550, type: 12, values: [ref.cellM, ref.cellM, 0] },
    { tag: 33922, type: 12, values: [0, 0, 0, ref.east + half, ref.north - half, 0] },
    { tag: 34735, type: 3, values: keys },
    { tag: 34737, type: 2, values: `${ref.citation}|\0` },
    { tag: 42113, type: 2, values: `${ref.noData}\0` },
  ];
  const directory = 8;
  let after = directory + 2 + 12 * fields.length + 4;
  const placed = fields.map((field) => {
    const bytes = field.values.length * sizeOf[field.type];
    const at = after;
    if (bytes > 4) after += bytes + (bytes % 2);
    return { field, bytes, at };
  });
  const head = Buffer.alloc(after);
  head.write('II', 0, 'latin1');
  head.writeUInt16LE(42, 2);
  head.writeUInt32LE(directory, 4);
  let data = after;
  fields[5]!.values = counts.map((count) => {
    data += count;
    return data - count;
  });
  head.writeUInt16LE(fields.length, directory);
  placed.forEach(({ field, bytes, at }, n) => {
    const entry = directory + 2 + 12 * n;
    head.writeUInt16LE(field.tag, entry);
    head.writeUInt16LE(field.type, entry + 2);
    head.writeUInt32LE(field.values.length, entry + 4);
    const where = bytes > 4 ? at : entry + 8;
    if (bytes > 4) head.writeUInt32LE(at, entry + 8);
    write(head, field, where);
  });
  const body = Buffer.alloc(columns * rows * 4);
  grid.values.forEach((value, n) => {
    body.writeFloatLE(value, n * 4);
  });
  return Buffer.concat([head, body]);
}

function write(into: Buffer, field: Field, at: number): void {
  if (typeof field.values === 'string') {
    into.write(field.values, at, 'latin1');
    return;
  }
  field.values.forEach((value, n) => {
    const to = at + n * sizeOf[field.type];
    if (field.type === 3) into.writeUInt16LE(value, to);
    else if (field.type === 4) into.writeUInt32LE(value, to);
    else into.writeDoubleLE(value, to);
  });
}
