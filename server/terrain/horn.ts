/**
 * Slope by Horn's third-order finite differences (B. K. P. Horn, Hill shading and the reflectance map, Proc. IEEE 69(1),
 * 1981): with the window a b c / d e f / g h i,
 *   dz/dx = ((c + 2f + i) − (a + 2d + g)) / 8dx,  dz/dy = ((a + 2b + c) − (g + 2h + i)) / 8dy,
 *   slope = atan √(dz/dx² + dz/dy²).
 * A window that leaves the raster or holds a missing cell (the centre too, which Horn does not weigh) has no slope.
 */

/** Metres on the ground that one cell spans, west–east and north–south. */
export interface CellMetres {
  dx: number;
  dy: number;
}

const toDegrees = 180 / Math.PI;

/** The light of a hillshade: from the north-west, 45° high, as maps have it and gdaldem by default. */
const light = { east: -0.5, north: 0.5, up: Math.SQRT1_2 };

/**
 * Slopes of one row, in degrees, from it and its neighbours (elevations in metres, NaN = missing), north to south.
 * @param out as long as the rows; NaN where there is no slope, so its first and last always
 * @param shade the same cells lit: 1 + 254 × the cosine between light and surface, 1 where that is turned away, 0 where there is no slope
 */
export function hornRow(
  north: Float64Array,
  centre: Float64Array,
  south: Float64Array,
  { dx, dy }: CellMetres,
  out: Float32Array,
  shade?: Uint8Array,
): void {
  const last = centre.length - 1;
  out[0] = Number.NaN;
  out[last] = Number.NaN;
  if (shade) shade.fill(0);
  // the window slides east: a b c / d e f / g h i keep two columns each step (a third of the time of reading all nine)
  let a = north[0]!;
  let b = north[1] ?? Number.NaN;
  let d = centre[0]!;
  let e = centre[1] ?? Number.NaN;
  let g = south[0]!;
  let h = south[1] ?? Number.NaN;
  for (let x = 1; x < last; x++) {
    const c = north[x + 1]!;
    const f = centre[x + 1]!;
    const i = south[x + 1]!;
    const p = (c + 2 * f + i - (a + 2 * d + g)) / (8 * dx);
    const q = (a + 2 * b + c - (g + 2 * h + i)) / (8 * dy);
    // NaN anywhere in the ring makes p or q NaN by itself; the centre has to be asked
    const slope = Number.isNaN(e) ? Number.NaN : Math.atan(Math.sqrt(p * p + q * q)) * toDegrees;
    out[x] = slope;
    if (shade && !Number.isNaN(slope)) {
      const cosine = (light.up - light.east * p - light.north * q) / Math.sqrt(1 + p * p + q * q);
      shade[x] = Math.max(1, Math.round(1 + 254 * cosine));
    }
    a = b;
    b = c;
    d = e;
    e = f;
    g = h;
    h = i;
  }
}

/** Slopes of a whole raster held in memory (tests, small rasters); streams use hornRow with three rows. */
export function hornSlope(
  z: Float32Array | Float64Array,
  width: number,
  height: number,
  cell: (row: number) => CellMetres,
): Float32Array {
  const slope = new Float32Array(width * height).fill(Number.NaN);
  const row = (r: number) => Float64Array.from(z.subarray(r * width, (r + 1) * width));
  for (let r = 1; r < height - 1; r++) {
    hornRow(row(r - 1), row(r), row(r + 1), cell(r), slope.subarray(r * width, (r + 1) * width));
  }
  return slope;
}

/** CGCS2000: a = 6378137 m, f = 1/298.257222101 (DOMAIN §1.7); WGS84 differs by 0.1 mm at the pole. */
const semiMajor = 6378137;
const flattening = 1 / 298.257222101;
const e2 = flattening * (2 - flattening);

/**
 * Metres on the ellipsoid per degree of latitude and of longitude, at a latitude in degrees:
 *   M(φ) = a(1 − e²) / (1 − e² sin²φ)^{3/2} along the meridian,  N(φ) cos φ = a cos φ / √(1 − e² sin²φ) along the parallel
 * (radii of curvature, e.g. Torge & Müller, Geodesy, 4th ed., eq. 4.13–4.15), times π/180.
 */
export function metresPerDegree(latitude: number): { lat: number; lon: number } {
  const phi = (latitude * Math.PI) / 180;
  const w2 = 1 - e2 * Math.sin(phi) ** 2;
  const w = Math.sqrt(w2);
  return {
    lat: ((semiMajor * (1 - e2)) / (w2 * w)) * (Math.PI / 180),
    lon: ((semiMajor * Math.cos(phi)) / w) * (Math.PI / 180),
  };
}

/**
 * Metres on the ground per unit of Web Mercator (EPSG:3857, x = aλ, y = a·ln tan(π/4 + φ/2)): from dx = a dλ and
 * dy = a dφ / cos φ follow N cos φ / a and M cos φ / a. At 29° a "metre" is 0.87 m: slopes would come out 13 % too flat.
 */
export function metresPerMercatorUnit(y: number): { x: number; y: number } {
  const latitude = (2 * Math.atan(Math.exp(y / semiMajor)) - Math.PI / 2) * toDegrees;
  const { lat, lon } = metresPerDegree(latitude);
  const cos = Math.cos((latitude * Math.PI) / 180);
  return { x: (lon * toDegrees) / semiMajor, y: (lat * toDegrees * cos) / semiMajor };
}
