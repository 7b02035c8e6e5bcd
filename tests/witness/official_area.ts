/**
 * The official ellipsoid area (国土调查办发〔2008〕32号, kept by TD/T 1055) with the Gauss–Krüger inverse that goes with it,
 * constants of CGCS2000: the second witness of areas. It shares nothing with PROJ or GeographicLib.
 */
const a = 6378137;
const b = 6356752.31414036;
const c = 6399593.62586;
/** first and second eccentricity squared; the first belongs in the series A–E, the second in η² */
const e2 = 0.0066943800229;
const e2Second = 0.00673949677548;

const A = 1 + (3 / 6) * e2 + (30 / 80) * e2 ** 2 + (35 / 112) * e2 ** 3 + (630 / 2304) * e2 ** 4;
const B = (1 / 6) * e2 + (15 / 80) * e2 ** 2 + (21 / 112) * e2 ** 3 + (420 / 2304) * e2 ** 4;
const C = (3 / 80) * e2 ** 2 + (7 / 112) * e2 ** 3 + (180 / 2304) * e2 ** 4;
const D = (1 / 112) * e2 ** 3 + (45 / 2304) * e2 ** 4;
const E = (5 / 2304) * e2 ** 4;

type Point = readonly [number, number];

/** easting (with or without zone prefix), northing in metres; centralMeridian in degrees. -> [B, L] in radians. */
export function gaussKruegerInverse([easting, northing]: Point, centralMeridian: number): [number, number] {
  const prefix = Math.floor(easting / 1e6) * 1e6;
  const k = 1.57048761144159e-7 * northing;
  const sin = Math.sin(k);
  const footpoint =
    k +
    Math.cos(k) *
      (5.05250178820567e-3 * sin -
        2.98472900956587e-5 * sin ** 3 +
        2.41626669230084e-7 * sin ** 5 -
        2.22241238938534e-9 * sin ** 7);
  const t = Math.tan(footpoint);
  const eta2 = e2Second * Math.cos(footpoint) ** 2;
  const v = Math.sqrt(1 + eta2);
  const y = ((easting - 500_000 - prefix) * v) / c;
  const latitude =
    footpoint -
    (v ** 2 * t * y ** 2) / 2 +
    ((5 + 3 * t ** 2 + eta2 - 9 * eta2 * t ** 2) * v ** 2 * t * y ** 4) / 24 -
    ((61 + 90 * t ** 2 + 45 * t ** 4) * v ** 2 * t * y ** 6) / 720;
  const l =
    (y -
      ((1 + 2 * t ** 2 + eta2) * y ** 3) / 6 +
      ((5 + 28 * t ** 2 + 24 * t ** 4 + 6 * eta2 + 8 * eta2 * t ** 2) * y ** 5) / 120) /
    Math.cos(footpoint);
  return [latitude, (centralMeridian * Math.PI) / 180 + l];
}

function trapezoid([b1, l1]: Point, [b2, l2]: Point, l0: number): number {
  const half = (b2 - b1) / 2;
  const middle = (b1 + b2) / 2;
  const series =
    A * Math.sin(half) * Math.cos(middle) -
    B * Math.sin(3 * half) * Math.cos(3 * middle) +
    C * Math.sin(5 * half) * Math.cos(5 * middle) -
    D * Math.sin(7 * half) * Math.cos(7 * middle) +
    E * Math.sin(9 * half) * Math.cos(9 * middle);
  return 2 * b * b * ((l1 + l2) / 2 - l0) * series;
}

/** Edges over 70 m get ⌊length/70⌋ further points on the plane, as the official software does. */
function densified(ring: readonly Point[]): Point[] {
  const points: Point[] = [];
  ring.forEach(([x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length]!;
    const extra = Math.floor(Math.hypot(x2 - x1, y2 - y1) / 70);
    for (let k = 0; k <= extra; k++)
      points.push([x1 + ((x2 - x1) * k) / (extra + 1), y1 + ((y2 - y1) * k) / (extra + 1)]);
  });
  return points;
}

/**
 * ring: [easting, northing] in metres, closed or not, any direction. -> m², not negative.
 * The longitudes are taken from the ring's own first point, not from Greenwich: the same sum, without losing 8 digits.
 */
export function officialRingAreaM2(ring: readonly Point[], centralMeridian: number): number {
  const first = ring[0]!;
  const last = ring.at(-1)!;
  const open = ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
  const geographic = densified(open).map((point) => gaussKruegerInverse(point, centralMeridian));
  const l0 = geographic[0]![1];
  return Math.abs(
    geographic.reduce((sum, from, i) => sum + trapezoid(from, geographic[(i + 1) % geographic.length]!, l0), 0),
  );
}

export const ellipsoidOfTheFormula = { a, b, e2 };
