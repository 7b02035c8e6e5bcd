/**
 * Transverse Mercator (Gauss–Krüger) on the CGCS2000 ellipsoid, both ways, by Krüger's series to the fourth power of the
 * third flattening: better than 0.1 mm within 4.5° of the central meridian. It serves to judge where coordinates lie
 * (which zone, inside China, axes swapped); stored geometry is transformed by the database, never here.
 * Formulas: C. F. F. Karney, Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85 (2011), eq. 7–19, 35, 36.
 */

/** CGCS2000; WGS 84 differs by 0.1 mm in the semi-minor axis and is treated as equal. */
export const semiMajorAxis = 6378137;
export const inverseFlattening = 298.257222101;

export interface TransverseMercator {
  /** degrees */
  centralMeridian: number;
  /** metres */
  falseEasting: number;
  scale: number;
}

const f = 1 / inverseFlattening;
const e = Math.sqrt(f * (2 - f));
const n = f / (2 - f);
const n2 = n * n;
const n3 = n2 * n;
const n4 = n3 * n;
/** radius of the sphere whose meridian is as long as the ellipsoid's */
const rectifyingRadius = (semiMajorAxis / (1 + n)) * (1 + n2 / 4 + n4 / 64);
const alpha = [
  n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4,
  (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4,
  (61 / 240) * n3 - (103 / 140) * n4,
  (49561 / 161280) * n4,
];
const beta = [
  n / 2 - (2 / 3) * n2 + (37 / 96) * n3 - (1 / 360) * n4,
  (1 / 48) * n2 + (1 / 15) * n3 - (437 / 1440) * n4,
  (17 / 480) * n3 - (37 / 840) * n4,
  (4397 / 161280) * n4,
];

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (rad: number) => (rad * 180) / Math.PI;

/** lon, lat in degrees → easting, northing in metres. */
export function toPlane(lon: number, lat: number, system: TransverseMercator): [number, number] {
  const lambda = radians(lon - system.centralMeridian);
  const sine = Math.sin(radians(lat));
  const conformal = Math.sinh(Math.atanh(sine) - e * Math.atanh(e * sine));
  const xiSphere = Math.atan2(conformal, Math.cos(lambda));
  const etaSphere = Math.asinh(Math.sin(lambda) / Math.hypot(conformal, Math.cos(lambda)));
  let xi = xiSphere;
  let eta = etaSphere;
  for (let j = 0; j < 4; j++) {
    const k = 2 * (j + 1);
    xi += alpha[j]! * Math.sin(k * xiSphere) * Math.cosh(k * etaSphere);
    eta += alpha[j]! * Math.cos(k * xiSphere) * Math.sinh(k * etaSphere);
  }
  const radius = system.scale * rectifyingRadius;
  return [system.falseEasting + radius * eta, radius * xi];
}

/** easting, northing in metres → lon, lat in degrees. */
export function fromPlane(x: number, y: number, system: TransverseMercator): [number, number] {
  const radius = system.scale * rectifyingRadius;
  const xi = y / radius;
  const eta = (x - system.falseEasting) / radius;
  let xiSphere = xi;
  let etaSphere = eta;
  for (let j = 0; j < 4; j++) {
    const k = 2 * (j + 1);
    xiSphere -= beta[j]! * Math.sin(k * xi) * Math.cosh(k * eta);
    etaSphere -= beta[j]! * Math.cos(k * xi) * Math.sinh(k * eta);
  }
  const conformal = Math.sin(xiSphere) / Math.hypot(Math.sinh(etaSphere), Math.cos(xiSphere));
  const lambda = Math.atan2(Math.sinh(etaSphere), Math.cos(xiSphere));
  return [system.centralMeridian + degrees(lambda), degrees(Math.atan(geographicTangent(conformal)))];
}

/** Tangent of the geographic latitude from that of the conformal one, by Newton (Karney 2011, eq. 19–21). */
function geographicTangent(conformal: number): number {
  let tau = conformal;
  for (let i = 0; i < 8; i++) {
    const root = Math.hypot(1, tau);
    const sigma = Math.sinh(e * Math.atanh((e * tau) / root));
    const guess = tau * Math.hypot(1, sigma) - sigma * root;
    const step = ((conformal - guess) / Math.hypot(1, guess)) * ((1 + (1 - e * e) * tau * tau) / ((1 - e * e) * root));
    tau += step;
    if (Math.abs(step) < 1e-15 * Math.max(1, Math.abs(tau))) break;
  }
  return tau;
}

/** Web Mercator metres → lon, lat in degrees (EPSG method 1024, spherical). */
export function fromWebMercator(x: number, y: number): [number, number] {
  return [degrees(x / semiMajorAxis), degrees(Math.atan(Math.sinh(y / semiMajorAxis)))];
}
