/** A picture of at most 256 colours as PNG (ISO/IEC 15948): one byte a pixel and a palette, which is all that our tiles need. */
import { crc32, deflateSync } from 'node:zlib';

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param pixels indexes into the palette, rows from the top; @param palette at most 256, alpha 0–255 */
export function encodePng(width: number, height: number, pixels: Uint8Array, palette: readonly Rgba[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a pixel, colour type 3: indexed; deflate, no filter set but the standard one, not interlaced
  header.set([8, 3, 0, 0, 0], 8);
  // each row begins with its filter: 0, as it is, which is best for indexes
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Buffer.from(palette.map(([, , , alpha]) => alpha))),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
