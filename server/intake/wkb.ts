/**
 * Reads the WKB that reading a file gives (MultiPolygon, little endian, XY, rings closed) as flat arrays of ordinates, to
 * look at a shape before the database does. Nothing here is ever written back: stored shapes are made in the database.
 */

/** x0, y0, x1, y1 … of one ring, first point = last point */
export type Ring = Float64Array;

/** polygons → rings; throws where the bytes are not what the spool promises, which is a fault of ours, not of the file */
export function readMultiPolygon(wkb: Buffer): Ring[][] {
  let at = 0;
  const expect = (type: number) => {
    const [order, found] = [wkb.readUInt8(at), wkb.readUInt32LE(at + 1)];
    if (order !== 1 || found !== type) throw new Error(`spool holds WKB type ${found}, order ${order} at byte ${at}`);
    at += 5;
  };
  const count = () => {
    const n = wkb.readUInt32LE(at);
    at += 4;
    return n;
  };
  expect(6);
  const polygons: Ring[][] = [];
  for (let n = count(); n > 0; n--) {
    expect(3);
    const rings: Ring[] = [];
    for (let m = count(); m > 0; m--) {
      const ring = new Float64Array(2 * count());
      for (let i = 0; i < ring.length; i++, at += 8) ring[i] = wkb.readDoubleLE(at);
      rings.push(ring);
    }
    polygons.push(rings);
  }
  return polygons;
}

/** Number of vertices and length of all edges, in the units of the plane. */
export function measureEdges(polygons: readonly Ring[][]): { vertices: number; length: number } {
  let vertices = 0;
  let length = 0;
  for (const ring of polygons.flat()) {
    vertices += ring.length / 2;
    for (let i = 2; i < ring.length; i += 2) length += Math.hypot(ring[i]! - ring[i - 2]!, ring[i + 1]! - ring[i - 1]!);
  }
  return { vertices, length };
}
