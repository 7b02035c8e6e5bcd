/** Parcels by the thousand with a red line, land use and slope under them, the same from every seed: work for runs that are troubled. */
import type { Plot, Point } from '../intake-receive/receiving.ts';
import { seeded } from '../support/seeded.ts';
import { at, box, plot, type SmallCounty } from './small-runs.ts';

/** 40 columns, 120 m apart; some reach into their neighbours. Every seventh has a hole. */
export function manyParcels(seed: number, count: number): Plot[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = [120 * (i % 40), 120 * Math.floor(i / 40)];
    const corner = (dx: number, dy: number): Point => at(x + dx + 30 * random(), y + dy + 30 * random());
    const shell = [corner(0, 0), corner(100, 0), corner(100, 100), corner(0, 100)];
    const hole = i % 7 === 0 ? [box(x + 55, y + 55, x + 65 + 9 * random(), y + 70)[0]!] : [];
    return plot([[...shell, shell[0]!], ...hole], { DKBH: `P${String(i).padStart(4, '0')}`, XMBH: '50024220200001' });
  });
}

/** Layer ids: 25 red lines of 90 corners that overlap, patches of six classes with gaps between, slope with cells of no value. */
export async function layersUnder(here: SmallCounty): Promise<string[]> {
  const random = seeded(7);
  const red = Array.from({ length: 25 }, (_, i) => {
    const [x, y, size] = [4800 * random(), 3000 * random(), 100 + 200 * random()];
    const ring = Array.from({ length: 90 }, (_, k) => {
      const turn = (2 * Math.PI * k) / 90;
      const r = size * (1 + 0.3 * Math.sin(7 * turn) + 0.05 * random());
      return at(x + r * Math.cos(turn), y + r * Math.sin(turn));
    });
    return plot([[...ring, ring[0]!]], { HXBM: `R${i}` });
  });
  const classes = [
    ['0103', '旱地'],
    ['0103', '旱地'],
    ['0301', '乔木林地'],
    ['0201', '果园'],
    ['0404', '其他草地'],
    ['', ''],
  ];
  const patches = Array.from({ length: 400 }, (_, i) => {
    const [x, y] = [245 * (i % 20), 155 * Math.floor(i / 20)];
    const [DLBM, DLMC] = classes[Math.floor(random() * 6)]!;
    return plot(box(x, y, x + 240 + 10 * random(), y + 155), { DLBM, DLMC, ZZSXDM: random() < 0.3 ? 'WG' : 'LS' });
  });
  // ridges 600 m apart; a tenth of the cells, in one corner, have no value
  const cells = Float32Array.from({ length: 170 * 110 }, (_, i) => {
    const [x, y] = [i % 170, Math.floor(i / 170)];
    return x > 115 && y > 75 ? -9999 : 22 + 20 * Math.sin(x / 3.2) * Math.cos(y / 3.2);
  });
  return [
    await here.layer('eco-red-line', red),
    await here.layer('land-use', patches, { year: 2018 }),
    await here.slope({
      width: 170,
      height: 110,
      cells,
      place: [...at(-30, 3200), 30, 30],
      srid: 4524,
      noData: '-9999',
    }),
  ];
}
