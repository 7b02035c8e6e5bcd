/**
 * Points of one plot → rings. A ring ends where 圈号 changes, where the first point comes again, or where the point
 * numbers begin anew; which ring is a hole is found by containment, because multi-part plots go on numbering and one
 * program's hole is another's second part (DOMAIN §4.1). Missing closing points are supplied.
 */
import { cleanRing, multiPolygonWkb, polygonsByNesting, type Ring } from '../rings.ts';
import type { ShapeFault } from '../source-types.ts';
import { badLine } from './txt-problems.ts';

export interface TxtPoint {
  /** without its J; '' where there is none */
  id: string;
  /** 圈号, '' where there is none */
  ring: string;
  /** first and second coordinate as they stand; NaN where the letters say so */
  a: number;
  b: number;
  line: number;
}

export interface OpenRing {
  number: string;
  /** without the closing point */
  a: number[];
  b: number[];
  lines: number[];
  /** the first point was repeated */
  closed: boolean;
  /** line of a closing point that has the first point's number and other coordinates, left out */
  badClosing: number | undefined;
  /** that one's last coordinate is the beginning of what it should be: 365 of 36500150.000 */
  cutClosing: boolean;
}

export class RingBuilder {
  readonly rings: OpenRing[] = [];
  readonly #file: string;
  /** lines with points, closing ones counted */
  count = 0;
  #firstId = '';
  #secondId: string | undefined;
  /** has the first point's number and other coordinates: a new ring where more of it follows, else a closing point gone wrong */
  #pending: TxtPoint | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws coordinate-invalid for a point that is no number, unless it closes a ring. */
  add(point: TxtPoint): void {
    this.count++;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) {
      if (pending.ring === point.ring) this.#start(pending);
      else this.#badClosing(pending);
    }
    const ring = this.rings.at(-1);
    if (!ring || ring.number !== point.ring || ring.closed) {
      this.#start(point);
      return;
    }
    const enough = ring.a.length >= 3;
    if (enough && point.a === ring.a[0] && point.b === ring.b[0]) {
      ring.closed = true;
      return;
    }
    const sameNumber = point.id !== '' && point.id === this.#firstId && this.#secondId !== this.#firstId;
    // a known writer puts the first coordinate twice into the closing line
    const writtenTwice = point.a === point.b && point.a === ring.a[0];
    if (enough && (sameNumber || writtenTwice)) {
      this.#pending = point;
      return;
    }
    this.#push(ring, point);
  }

  end(): void {
    if (this.#pending) this.#badClosing(this.#pending);
    this.#pending = undefined;
    // a closing point written twice begins a ring that has nothing more
    for (let i = this.rings.length - 1; i > 0; i--) {
      const [ring, before] = [this.rings[i]!, this.rings[i - 1]!];
      if (ring.a.length === 1 && before.closed && ring.a[0] === before.a[0] && ring.b[0] === before.b[0])
        this.rings.splice(i, 1);
    }
  }

  #start(point: TxtPoint): void {
    const ring = {
      number: point.ring,
      a: [],
      b: [],
      lines: [],
      closed: false,
      badClosing: undefined,
      cutClosing: false,
    };
    this.rings.push(ring);
    this.#firstId = point.id;
    this.#secondId = undefined;
    this.#push(ring, point);
  }

  #push(ring: OpenRing, { id, a, b, line }: TxtPoint): void {
    if (!Number.isFinite(a) || !Number.isFinite(b))
      throw badLine(
        { file: this.#file, row: line },
        '坐标不是有效数字（如 NaN、1.#QNAN、无穷大），请更正该界址点后重新上传',
        'a coordinate is no valid number (NaN, 1.#QNAN, infinity …); correct the point and upload again',
        'coordinate-invalid',
      );
    if (ring.a.length === 1) this.#secondId = id;
    ring.a.push(a);
    ring.b.push(b);
    ring.lines.push(line);
  }

  #badClosing(point: TxtPoint): void {
    const ring = this.rings.at(-1)!;
    ring.closed = true;
    ring.badClosing = point.line;
    ring.cutClosing = point.a === ring.a[0] && String(ring.b[0]).startsWith(String(point.b));
  }
}

/** Rings → MultiPolygon; `northFirst`: the first coordinate is the northing, as surveyors write it; `shift` goes to the eastings. */
export function shapeOfRings(
  rings: OpenRing[],
  northFirst: boolean,
  shift: number,
): { wkb: Buffer | null; faults: ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const clean: Ring[] = [];
  for (const { a, b } of rings) {
    const [x, y] = northFirst ? [b, a] : [a, b];
    const ring = new Float64Array(2 * a.length + 2);
    for (let i = 0; i <= a.length; i++) {
      ring[2 * i] = x[i % a.length]! + shift;
      ring[2 * i + 1] = y[i % a.length]!;
    }
    const kept = cleanRing(ring, faults);
    if (kept) clean.push(kept);
  }
  return { wkb: multiPolygonWkb(polygonsByNesting(clean, faults)), faults };
}
