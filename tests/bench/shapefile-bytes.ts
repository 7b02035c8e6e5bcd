/** .shp and .shx of single-ring polygons, written into two buffers: a county's 12 million vertices in a second. */
type Point = readonly [number, number];

/** @param rings clockwise, not closed */
export function shapefileBytes(rings: readonly (readonly Point[])[]): { shp: Buffer; shx: Buffer } {
  const recordBytes = (ring: readonly Point[]) => 8 + 48 + 16 * (ring.length + 1);
  const shp = Buffer.alloc(100 + rings.reduce((sum, ring) => sum + recordBytes(ring), 0));
  const shx = Buffer.alloc(100 + 8 * rings.length);
  const whole: Box = [Infinity, Infinity, -Infinity, -Infinity];
  let at = 100;
  rings.forEach((ring, n) => {
    const words = (recordBytes(ring) - 8) / 2;
    shp.writeInt32BE(n + 1, at);
    shp.writeInt32BE(words, at + 4);
    shx.writeInt32BE(at / 2, 100 + 8 * n);
    shx.writeInt32BE(words, 104 + 8 * n);
    const body = at + 8;
    shp.writeInt32LE(5, body);
    shp.writeInt32LE(1, body + 36);
    shp.writeInt32LE(ring.length + 1, body + 40);
    const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = 0; k <= ring.length; k++) {
      const [x, y] = ring[k % ring.length]!;
      shp.writeDoubleLE(x, body + 48 + 16 * k);
      shp.writeDoubleLE(y, body + 56 + 16 * k);
      widen(box, x, y);
    }
    writeBox(shp, body + 4, box);
    widen(whole, box[0], box[1]);
    widen(whole, box[2], box[3]);
    at += recordBytes(ring);
  });
  for (const file of [shp, shx]) {
    file.writeInt32BE(9994, 0);
    file.writeInt32BE(file.length / 2, 24);
    file.writeInt32LE(1000, 28);
    file.writeInt32LE(5, 32);
    writeBox(file, 36, whole);
  }
  return { shp, shx };
}

type Box = [number, number, number, number];

function widen(box: Box, x: number, y: number): void {
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (x > box[2]) box[2] = x;
  if (y > box[3]) box[3] = y;
}

function writeBox(into: Buffer, at: number, box: Box): void {
  box.forEach((value, n) => {
    into.writeDoubleLE(value, at + 8 * n);
  });
}
