import { expect, it } from 'vitest';
import { seeded } from '../support/seeded.ts';
import { gbk, header, makeTxt, type TxtOptions, type TxtPlot, unclosed, type Xy } from './make-txt.ts';
import { polygonsIn, read } from './reading.ts';

/** Parcels at random, written in every combination of what programs do, read back the same: to the millimetre as written. */
const millimetre = (v: number) => Math.round(v * 1000) / 1000;

/** A star-shaped ring about a centre: simple whatever its radii. */
function star(random: () => number, [x, y]: Xy, radius: number): Xy[] {
  const corners = 3 + Math.floor(random() * 12);
  const turn = random() < 0.5 ? 1 : -1;
  const start = random() * 2 * Math.PI;
  const ring = Array.from({ length: corners }, (_, i): Xy => {
    const angle = start + (turn * 2 * Math.PI * i) / corners;
    const r = radius * (0.7 + 0.3 * random());
    return [millimetre(x + r * Math.cos(angle)), millimetre(y + r * Math.sin(angle))];
  });
  return [...ring, ring[0]!];
}

/** Parts side by side, each with up to two holes; a hole stays within 0.15 of the radius about points at 0.17 of it. */
function parcel(random: () => number, n: number): Xy[][][] {
  const x = 36_530_000 + 1000 * n;
  const parts = 1 + Math.floor(random() * 3);
  return Array.from({ length: parts }, (_, p) => {
    const centre: Xy = [x + 300 * p, 3_190_000 + random() * 1000];
    const radius = 20 + random() * 100;
    const holes = Math.floor(random() * 3);
    return [
      star(random, centre, radius),
      ...Array.from({ length: holes }, (_, h) =>
        star(random, [centre[0] + (h === 0 ? -0.17 : 0.17) * radius, centre[1]], 0.15 * radius),
      ),
    ];
  });
}

const layouts: ((id: string) => string[])[] = [
  (id) => ['0.1', id, '甲，地', '面', 'H49', '旱地'],
  (id) => ['0.1', id, '', '面', '', '', ''],
  (id) => ['0.1', id, '甲', '面', '', '', '0103', '新增', '旱地', '', '9.5'],
  (id) => ['0.1', id, '甲', '2023', '2', '面', '', '占补平衡', '', '旱地', '6'],
  (id) => ['0.1', id, '甲', '面', '', '', '0103', '新增', '旱地', '', '9.5', '备注'],
];

it('200 files in every combination', async () => {
  const random = seeded(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let round = 0; round < 200; round++) {
    const shapes = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => parcel(random, n));
    const closing = random() < 0.7;
    const prefixed = random() < 0.7;
    const swapped = random() < 0.2;
    const layout = pick(layouts);
    const plots = shapes.map((polygons, n): TxtPlot => {
      const rings = polygons.flat().map((ring) => (closing ? ring : unclosed(ring)));
      return { rings, values: layout(`P${n}`), ...(random() < 0.3 ? { count: '' } : {}) };
    });
    const write = (v: number) => v.toFixed(3);
    const options: TxtOptions = {
      header: prefixed && random() < 0.2 ? null : { ...header, 带号: prefixed && random() < 0.5 ? '' : '36' },
      brackets: pick(['[]', '【】'] as const),
      end: pick(['\r\n', '\n', '\r'] as const),
      pair: ([e, n]) => {
        const east = write(prefixed ? e : e - 36e6);
        return swapped ? `${east},${write(n)}` : `${write(n)},${east}`;
      },
      // told apart by 圈号, or by closing points alone
      ...(closing && random() < 0.4 ? { ring: pick([() => '1', () => '', () => undefined]) } : {}),
      ...(random() < 0.3 ? { point: (_: number, overall: number) => String(overall) } : {}),
    };
    const text = makeTxt(plots, options);
    const bytes = pick([gbk, (s: string) => Buffer.from(s), (s: string) => Buffer.from(`\uFEFF${s}`, 'utf16le')])(text);
    const { report, rows } = await read(bytes, { name: 'a.txt' });
    expect(report.crs.srid).toBe(prefixed ? 4524 : 4545);
    expect(report.warnings.some(({ code }) => code === 'axes-swapped')).toBe(swapped);
    expect(rows.map(({ attributes }) => attributes['地块编号'])).toEqual(shapes.map((_, n) => `P${n}`));
    for (const [n, row] of rows.entries()) {
      const found = polygonsIn(row.wkb!).map((rings) =>
        rings.map((ring) => ring.map(([e, y]) => [prefixed ? e : e + 36e6, y])),
      );
      const expected = shapes[n]!.map((rings) => rings.map((ring) => ring.map(([e, y]) => [e, y])));
      expect(rounded(found), `round ${round}\n${text}`).toEqual(rounded(expected));
      expect(row.faults).toEqual([]);
    }
  }
}, 60_000);

const rounded = (shape: number[][][][]) =>
  shape.map((rings) => rings.map((ring) => ring.map((point) => point.map((v) => v.toFixed(3)).join(' '))));
