/** Pictures as PNG (ISO/IEC 15948): a byte a pixel and a palette, or four bytes a pixel, which is all that our tiles need. */
import { crc32, deflateSync } from 'node:zlib';

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param pixels indexes into the palette, rows from the top; @param palette at most 256, alpha 0–255 */
export function encodePng(width: number, height: number, pixels: Uint8Array, palette: readonly Rgba[]): Buffer {
  return Buffer.concat([
    signature,
    header(width, height, indexed),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Buffer.from(palette.map(([, , , alpha]) => alpha))),
    body(width, height, pixels, 6),
    end,
  ]);
}

/** @param pixels four bytes each, rows from the top */
export function encodeRgba(width: number, height: number, pixels: Uint8Array): Buffer {
  // of aerial pictures more effort saves a tenth and takes three times as long
  return Buffer.concat([signature, header(width, height, trueColour), body(4 * width, height, pixels, 3), end]);
}

const [indexed, trueColour] = [3, 6];

/** 8 bits a sample; deflate, no filter set but the standard one, not interlaced */
function header(width: number, height: number, colourType: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, colourType, 0, 0, 0], 8);
  return chunk('IHDR', data);
}

/** Each row begins with its filter: 0, as it is, which is best for indexes. */
function body(rowBytes: number, height: number, pixels: Uint8Array, level: number): Buffer {
  const rows = Buffer.alloc(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  return chunk('IDAT', deflateSync(rows, { level }));
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const end = chunk('IEND', Buffer.alloc(0));
