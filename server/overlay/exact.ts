/**
 * The two questions on points that an outline may not have answered wrongly: on which side of a line a point lies, and which double is
 * nearest to where two lines cross. Sums and products of doubles without rounding: Shewchuk, Adaptive Precision Floating-Point
 * Arithmetic (1997); the numbers of the filter are his.
 */

/** Relative rounding of the plain determinant: (3 + 16 ε) ε with ε = 2⁻⁵³. */
const filter = 3.3306690738754716e-16;
/** splits a double into halves of 26 bits */
const splitter = 2 ** 27 + 1;

/** Twice the area of the triangle abc: > 0 where c lies left of the way from a to b, < 0 right of it, 0 on its line. The sign is exact. */
export function turn(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  const left = (ax - cx) * (by - cy);
  const right = (ay - cy) * (bx - cx);
  const value = left - right;
  return Math.abs(value) >= filter * (Math.abs(left) + Math.abs(right)) ? value : exactTurn(ax, ay, bx, by, cx, cy);
}

/**
 * Whether the line through a and b, b not west of a, meets the box of all points that round to c, halves upward.
 * @param step of the grid that is rounded to, a power of 2; 0: all doubles
 */
export function passes(ax: number, ay: number, bx: number, by: number, cx: number, cy: number, step: number): boolean {
  const left = (ax - cx) * (by - cy);
  const right = (ay - cy) * (bx - cx);
  const dx = bx - ax;
  const dy = by - ay;
  // |c| / 2⁵³ is at least half the step between doubles there
  const most = (Math.abs(dx * cy) + Math.abs(dy * cx)) * 2 ** -53 + (dx + Math.abs(dy)) * step;
  if (Math.abs(left - right) > 2 * most + filter * (Math.abs(left) + Math.abs(right))) return false;
  const off = exactTurn(ax, ay, bx, by, cx, cy);
  if (off === 0) return true;
  // of the box, the corner furthest on the line's left and the one furthest on its right
  const highest = off + dx * halfStep(cy, true, step) + Math.abs(dy) * halfStep(cx, dy < 0, step);
  const lowest = off - dx * halfStep(cy, false, step) - Math.abs(dy) * halfStep(cx, dy > 0, step);
  // halfway between two doubles belongs to the upper: of its corners the box has the south-western alone
  return highest > 0 && (dy < 0 ? lowest <= 0 : lowest < 0);
}

const bits = new DataView(new ArrayBuffer(8));

/** The distance between doubles at a number and a little beyond it, away from 0. */
export const stepAt = (value: number): number => 4 * halfStep(value, value > 0, 0);

/** Half the distance to the next double upward or downward; toward 0 it is half as long at a power of 2. */
function halfStep(value: number, upward: boolean, step: number): number {
  if (step > 0) return step / 2;
  bits.setFloat64(0, value);
  const isPower = bits.getUint32(4) === 0 && (bits.getUint32(0) & 0xfffff) === 0;
  const exponent = ((bits.getUint16(0) >> 4) & 0x7ff) - 53 - (isPower && value > 0 !== upward ? 1 : 0);
  if (exponent <= 0) return 0;
  bits.setFloat64(0, 0);
  bits.setUint16(0, exponent << 4);
  return bits.getFloat64(0);
}

/** the sum so far, as doubles that do not overlap, smallest first */
const parts = new Float64Array(12);
let used = 0;

function exactTurn(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  used = 0;
  const [dax, day, dbx, dby] = [ax - cx, ay - cy, bx - cx, by - cy];
  if (!rounded(ax, cx, dax) && !rounded(ay, cy, day) && !rounded(bx, cx, dbx) && !rounded(by, cy, dby)) {
    addProduct(dax, dby);
    addProduct(-day, dbx);
  } else {
    addProduct(ax, by);
    addProduct(-ay, bx);
    addProduct(bx, cy);
    addProduct(-by, cx);
    addProduct(cx, ay);
    addProduct(-cy, ax);
  }
  let sum = 0;
  for (let n = 0; n < used; n++) sum += parts[n]!;
  return sum;
}

function rounded(a: number, b: number, difference: number): boolean {
  return tailOfSum(a, -b, difference) !== 0;
}

function addProduct(a: number, b: number): void {
  const product = a * b;
  addPart(tailOfProduct(a, b, product));
  addPart(product);
}

function addPart(part: number): void {
  let carry = part;
  for (let n = 0; n < used; n++) {
    const sum = carry + parts[n]!;
    parts[n] = tailOfSum(carry, parts[n]!, sum);
    carry = sum;
  }
  parts[used++] = carry;
}

function tailOfSum(a: number, b: number, sum: number): number {
  const bOfSum = sum - a;
  return a - (sum - bOfSum) + (b - bOfSum);
}

function tailOfProduct(a: number, b: number, product: number): number {
  const bigA = splitter * a - (splitter * a - a);
  const bigB = splitter * b - (splitter * b - b);
  const smallA = a - bigA;
  const smallB = b - bigB;
  return smallA * smallB - (product - bigA * bigB - smallA * bigB - bigA * smallB);
}

/** A number as the sum of two doubles, the first nearest to it: 106 bits. */
type Double = readonly [number, number];

const plus = (a: number, b: number): Double => [a + b, tailOfSum(a, b, a + b)];
const sum = ([a, a2]: Double, [b, b2]: Double): Double => {
  const [high, tail] = plus(a, b);
  const [low, tail2] = plus(a2, b2);
  const [more, less] = plus(high, tail + low);
  return plus(more, less + tail2);
};
const negative = ([a, a2]: Double): Double => [-a, -a2];
const product = ([a, a2]: Double, [b, b2]: Double): Double =>
  plus(a * b, tailOfProduct(a, b, a * b) + (a * b2 + a2 * b));
const quotient = (a: Double, b: Double): Double => {
  const first = a[0] / b[0];
  const rest = sum(a, negative(product(b, [first, 0])));
  const second = rest[0] / b[0];
  const last = sum(rest, negative(product(b, [second, 0])));
  return sum(plus(first, second), [last[0] / b[0], 0]);
};
const across = (ax: Double, ay: Double, bx: Double, by: Double): Double =>
  sum(product(ax, by), negative(product(ay, bx)));

/** Where the segments from a to b and from c to d, both eastward, cross, from 106 bits. @param step as above, halves upward */
export function crossingOf(
  step: number,
  ...[ax, ay, bx, by, cx, cy, dx, dy]: [number, number, number, number, number, number, number, number]
): [number, number] {
  const [abX, abY, cdX, cdY] = [plus(bx, -ax), plus(by, -ay), plus(dx, -cx), plus(dy, -cy)];
  const along = quotient(across(plus(cx, -ax), plus(cy, -ay), cdX, cdY), across(abX, abY, cdX, cdY));
  const x = nearest(sum([ax, 0], product(along, abX)), step);
  const y = nearest(sum([ay, 0], product(along, abY)), step);
  // around 0 doubles are finer than 106 bits of the rest: on a meridian or parallel it is exact all the same
  return [
    Math.min(Math.max(x, ax, cx), bx, dx),
    Math.min(Math.max(y, Math.min(ay, by), Math.min(cy, dy)), Math.max(ay, by), Math.max(cy, dy)),
  ];
}

function nearest([high, low]: Double, step: number): number {
  if (step === 0) return low > 0 && low === halfStep(high, true, 0) ? high + 2 * low : high;
  const steps = Math.floor(high / step);
  return (high / step - steps + low / step >= 0.5 ? steps + 1 : steps) * step;
}
