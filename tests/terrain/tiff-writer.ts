/**
 * A small TIFF writer for tests: sound files and broken ones, classic and BigTIFF, both byte orders, tiles and strips.
 * Written from TIFF 6.0 and OGC 19-008r4; what it writes is also read by GDAL in georeference.test.ts.
 */
export interface Tag {
  type: 2 | 3 | 4 | 12 | 16;
  values: number[] | string;
  /** said instead of the true number of values, or the true place of them */
  count?: number;
  at?: number;
}
export interface TiffOptions {
  width?: number;
  height?: number;
  /** cells row by row; float32 unless `bits` and `format` say otherwise */
  cells?: ArrayLike<number>;
  bits?: 8 | 16 | 32 | 64;
  format?: 1 | 2 | 3;
  big?: boolean;
  bigEndian?: boolean;
  tile?: number;
  rowsPerStrip?: number;
  compress?: (block: Buffer) => Buffer;
  noData?: string;
  metadata?: string;
  srid?: number;
  /** pairs key, short value; doubles and texts by number */
  keys?: [key: number, value: number | string][];
  pixelIsPoint?: boolean;
  /** x, y of the upper-left corner, cell width, cell height (> 0); null: no georeference at all */
  place?: [number, number, number, number] | null;
  matrix?: number[];
  /** over and above all others; undefined takes a tag out */
  tags?: Record<number, Tag | undefined>;
  /** what each directory says of the next, from the position of the first; default 0 */
  next?: (first: number) => number;
}

const sizes: Record<number, number> = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 };

export function writeTiff(options: TiffOptions): Buffer {
  const { width = 8, height = 8, bits = 32, format = 3, big = false, bigEndian = false } = options;
  const cells = options.cells ?? new Float32Array(width * height).fill(10);
  const head = big ? 16 : 8;
  const blockWidth = options.tile ?? width;
  const blockHeight = options.tile ?? options.rowsPerStrip ?? height;
  const blocks: Buffer[] = [];
  for (let y = 0; y < height; y += blockHeight) {
    for (let x = 0; x < width; x += blockWidth) {
      const rows = options.tile ? blockHeight : Math.min(blockHeight, height - y);
      const block = Buffer.alloc(blockWidth * rows * (bits / 8));
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < blockWidth; c++) {
          const inside = y + r < height && x + c < width;
          put(
            block,
            (r * blockWidth + c) * (bits / 8),
            inside ? cells[(y + r) * width + x + c]! : 0,
            bits,
            format,
            bigEndian,
          );
        }
      }
      blocks.push(options.compress ? options.compress(block) : block);
    }
  }
  let at = head;
  const offsets: number[] = [];
  for (const block of blocks) {
    offsets.push(at);
    at += block.length;
  }
  const lengths = blocks.map((b) => b.length);
  const wide = big ? 16 : 4;
  const tags: Record<number, Tag | undefined> = {
    256: { type: 4, values: [width] },
    257: { type: 4, values: [height] },
    258: { type: 3, values: [bits] },
    259: { type: 3, values: [1] },
    262: { type: 3, values: [1] },
    277: { type: 3, values: [1] },
    339: { type: 3, values: [format] },
    ...(options.tile
      ? {
          322: { type: 3, values: [blockWidth] },
          323: { type: 3, values: [blockHeight] },
          324: { type: wide, values: offsets },
          325: { type: 4, values: lengths },
        }
      : {
          273: { type: wide, values: offsets },
          278: { type: 4, values: [blockHeight] },
          279: { type: 4, values: lengths },
        }),
    ...placeTags(options),
    ...keyTags(options),
    ...(options.noData === undefined ? {} : { 42113: { type: 2, values: options.noData } }),
    ...(options.metadata === undefined ? {} : { 42112: { type: 2, values: options.metadata } }),
    ...options.tags,
  } as Record<number, Tag | undefined>;
  const directory = writeDirectory(tags, at, big, bigEndian, options.next ?? (() => 0));
  const header = Buffer.alloc(head);
  header.write(bigEndian ? 'MM' : 'II', 'latin1');
  put(header, 2, big ? 43 : 42, 16, 1, bigEndian);
  if (big) {
    put(header, 4, 8, 16, 1, bigEndian);
    put(header, 8, at, 64, 1, bigEndian);
  } else put(header, 4, at, 32, 1, bigEndian);
  return Buffer.concat([header, ...blocks, directory]);
}

function placeTags({ place = [500_000, 3_200_000, 10, 10], matrix }: TiffOptions): Record<number, Tag> {
  if (matrix) return { 34264: { type: 12, values: matrix } };
  if (place === null) return {};
  const [x, y, w, h] = place;
  return { 33550: { type: 12, values: [w, h, 0] }, 33922: { type: 12, values: [0, 0, 0, x, y, 0] } };
}

function keyTags({ srid = 4545, keys, pixelIsPoint }: TiffOptions): Record<number, Tag> {
  const geographic = srid === 4490 || srid === 4326;
  const all: [number, number | string][] = keys ?? [
    [1024, geographic ? 2 : 1],
    [1025, pixelIsPoint ? 2 : 1],
    [geographic ? 2048 : 3072, srid],
  ];
  if (all.length === 0) return {};
  const doubles: number[] = [];
  let text = '';
  const shorts = all.flatMap(([key, value]) => {
    if (typeof value === 'string') {
      text += `${value}|`;
      return [key, 34737, value.length + 1, text.length - value.length - 1];
    }
    if (
      Number.isInteger(value) &&
      value >= 0 &&
      value < 65536 &&
      ![2057, 2059, 3080, 3081, 3082, 3083, 3092].includes(key)
    ) {
      return [key, 0, 1, value];
    }
    doubles.push(value);
    return [key, 34736, 1, doubles.length - 1];
  });
  const tags: Record<number, Tag> = { 34735: { type: 3, values: [1, 1, 0, all.length, ...shorts] } };
  if (doubles.length) tags[34736] = { type: 12, values: doubles };
  if (text) tags[34737] = { type: 2, values: text };
  return tags;
}

function writeDirectory(
  tags: Record<number, Tag | undefined>,
  at: number,
  big: boolean,
  bigEndian: boolean,
  next: (first: number) => number,
): Buffer {
  const entries = Object.entries(tags).filter((e): e is [string, Tag] => e[1] !== undefined);
  const [countBytes, entryBytes, linkBytes, inline] = big ? [8, 20, 8, 8] : [2, 12, 4, 4];
  const table = Buffer.alloc(countBytes + entries.length * entryBytes + linkBytes);
  const outside: Buffer[] = [];
  let free = at + table.length;
  put(table, 0, entries.length, countBytes * 8, 1, bigEndian);
  for (const [i, [id, tag]] of entries.entries()) {
    const p = countBytes + i * entryBytes;
    const data = tagBytes(tag, bigEndian);
    put(table, p, Number(id), 16, 1, bigEndian);
    put(table, p + 2, tag.type, 16, 1, bigEndian);
    put(table, p + 4, tag.count ?? data.length / sizes[tag.type]!, big ? 64 : 32, 1, bigEndian);
    const where = p + (big ? 12 : 8);
    if (data.length <= inline && tag.at === undefined) data.copy(table, where);
    else {
      put(table, where, tag.at ?? free, linkBytes * 8, 1, bigEndian);
      outside.push(data);
      free += data.length;
    }
  }
  put(table, table.length - linkBytes, next(at), linkBytes * 8, 1, bigEndian);
  return Buffer.concat([table, ...outside]);
}

function tagBytes({ type, values }: Tag, bigEndian: boolean): Buffer {
  if (typeof values === 'string') return Buffer.from(`${values}\0`, 'utf8');
  const size = sizes[type]!;
  const bytes = Buffer.alloc(values.length * size);
  for (const [i, v] of values.entries()) put(bytes, i * size, v, size * 8, type === 12 ? 3 : 1, bigEndian);
  return bytes;
}

function put(bytes: Buffer, at: number, value: number, bits: number, format: number, bigEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const le = !bigEndian;
  if (format === 3) bits === 64 ? view.setFloat64(at, value, le) : view.setFloat32(at, value, le);
  else if (bits === 8) view.setUint8(at, value);
  else if (bits === 16) view.setUint16(at, value, le);
  else if (bits === 32) view.setUint32(at, value, le);
  else view.setBigUint64(at, BigInt(value), le);
}
