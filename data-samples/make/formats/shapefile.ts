/** Writes .shp and .shx of polygons: shells clockwise, holes anticlockwise, null shapes for rows without one. */
type Point = readonly [number, number];
/** shell, then holes; rings not closed */
type Polygon = Point[][];

const area = (ring: readonly Point[]) =>
  ring.reduce((sum, [x, y], n) => {
    const [x2, y2] = ring[(n + 1) % ring.length]!;
    return sum + (x - ring[0]![0]) * (y2 - ring[0]![1]) - (x2 - ring[0]![0]) * (y - ring[0]![1]);
  }, 0);

export function shapefile(shapes: readonly (Polygon[] | null)[]): { shp: Buffer; shx: Buffer } {
  const records = shapes.map(record);
  const shp = Buffer.concat([
    header(shapes, records),
    ...records.map((body, n) => Buffer.concat([recordHeader(n, body), body])),
  ]);
  shp.writeInt32BE(shp.length / 2, 24);
  const shx = Buffer.alloc(100 + 8 * records.length);
  shp.copy(shx, 0, 0, 100);
  shx.writeInt32BE(shx.length / 2, 24);
  let at = 100;
  records.forEach((body, n) => {
    shx.writeInt32BE(at / 2, 100 + 8 * n);
    shx.writeInt32BE(body.length / 2, 104 + 8 * n);
    at += 8 + body.length;
  });
  return { shp, shx };
}

function ringsOf(polygons: readonly Polygon[]): Point[][] {
  return polygons.flatMap((rings) =>
    rings.map((ring, n) => {
      const clockwise = area(ring) < 0;
      const turned = clockwise === (n === 0) ? ring : [...ring].reverse();
      return [...turned, turned[0]!];
    }),
  );
}

function record(polygons: Polygon[] | null): Buffer {
  if (polygons === null) return Buffer.alloc(4);
  const rings = ringsOf(polygons);
  const points = rings.flat();
  const body = Buffer.alloc(44 + 4 * rings.length + 16 * points.length);
  body.writeInt32LE(5, 0);
  boundsOf(points).forEach((v, n) => {
    body.writeDoubleLE(v, 4 + 8 * n);
  });
  body.writeInt32LE(rings.length, 36);
  body.writeInt32LE(points.length, 40);
  let first = 0;
  rings.forEach((ring, n) => {
    body.writeInt32LE(first, 44 + 4 * n);
    first += ring.length;
  });
  points.forEach(([x, y], n) => {
    body.writeDoubleLE(x, 44 + 4 * rings.length + 16 * n);
    body.writeDoubleLE(y, 52 + 4 * rings.length + 16 * n);
  });
  return body;
}

function recordHeader(n: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(n + 1, 0);
  head.writeInt32BE(body.length / 2, 4);
  return head;
}

function header(shapes: readonly (Polygon[] | null)[], records: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(100);
  head.writeInt32BE(9994, 0);
  head.writeInt32BE(50 + records.reduce((sum, r) => sum + 4 + r.length / 2, 0), 24);
  head.writeInt32LE(1000, 28);
  head.writeInt32LE(5, 32);
  boundsOf(shapes.flatMap((s) => s?.flat(2) ?? [])).forEach((v, n) => {
    head.writeDoubleLE(v, 36 + 8 * n);
  });
  return head;
}

function boundsOf(points: readonly Point[]): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}
