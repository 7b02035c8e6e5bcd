/** A run over years that came as increments says what one over the same years uploaded whole says, to the digit. */
import { beforeAll, expect, it } from 'vitest';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import {
  increment,
  new2022,
  new2023,
  of2021,
  of2022,
  of2023,
  type Sides,
  steps2022,
  steps2023,
  wholeYear,
} from '../intake-receive/increments.ts';
import { depsOf, fileOf, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, type Ran, SmallCounty } from './small-runs.ts';

removeFiles();

/** hits name the layer, which is another one, and stand in its order */
function judged({ properties }: VerdictFeature): unknown {
  const checks = Object.entries(properties.checks).map(([id, { hits, ...finding }]) => [
    id,
    finding,
    (hits as { number: string | null }[] | undefined)
      ?.map((hit) => ({ ...hit, layer_id: null }))
      .sort((a, b) => (String(a.number) < String(b.number) ? -1 : 1)),
  ]);
  return { ...properties, checks };
}

eachDatabase('a run over incremented years', (open) => {
  const region = '500242';
  let county: SmallCounty;
  let made: Ran;
  let whole: Ran;
  /** over N1 | N2 | N3 of 2022; over B4 | N3; inside B5, over its line of 2023; over B6 and B7, which nobody touched; half outside, over A1 */
  const sites: [string, Sides][] = [
    ['west', [20, 20, 160, 60]],
    ['middle', [250, 10, 350, 90]],
    ['paddy', [5, 105, 95, 195]],
    ['untouched', [150, 120, 250, 180]],
    ['east', [390, 40, 470, 60]],
  ];

  beforeAll(async () => {
    const database = await open();
    county = new SmallCounty(database, region);
    const set = await county.parcels(
      sites.map(([DKBH, sides]) => plot(box(...sides), { DKBH, XMBH: '50024220220001', YSRQ: '2022-11-30' })),
    );
    const receive = async (bytes: Buffer, year: number, more: object = {}) =>
      (
        await receiveLayer(depsOf(database), {
          ...fileOf(bytes, `${year}.zip`),
          type: 'land-use',
          year,
          regionCode: region,
          ...more,
        })
      ).layer_id;
    const base = await receive(wholeYear(of2021), 2021);
    const inc22 = await receive(increment(new2022, steps2022), 2022, { increment: true });
    const inc23 = await receive(increment(new2023, steps2023), 2023, { increment: true });
    const params = { 'prior-farmland': { base_year: 2022 } };
    made = await county.verify({ sets: [set], layers: [base, inc22, inc23], params });
    const all22 = await receive(wholeYear(of2022), 2022);
    const all23 = await receive(wholeYear(of2023), 2023);
    whole = await county.verify({ sets: [set], layers: [base, all22, all23], params });
  });

  it('gives the same findings, pieces and books', () => {
    expect(made.features.map(judged)).toEqual(whole.features.map(judged));
    expect({ ...made.summary, elapsed_s: 0, total_s: 0, reused_count: 0 }).toEqual({
      ...whole.summary,
      elapsed_s: 0,
      total_s: 0,
      reused_count: 0,
    });
  });

  it('finds the areas that the squares have, counted by hand', () => {
    const area = (parcel: string, check: string) => made.of(parcel).checks[check as 'not-cultivated']?.area_m2;
    // 2023: N1 果园 20–40, N2 forest 40–100, N4 旱地 from 100 m on; 40 m high
    expect(area('west', 'not-cultivated')).toBeCloseTo((20 + 60) * 40, 2);
    expect(made.of('west').checks['not-cultivated']).toMatchObject({ year: 2023 });
    // 2022: N1 旱地 20–40 and N3 旱地 100–160
    expect(area('west', 'prior-farmland')).toBeCloseTo((20 + 60) * 40, 2);
    expect(area('middle', 'not-cultivated')).toBe(0);
    expect(area('paddy', 'not-cultivated')).toBe(0);
    expect(area('untouched', 'not-cultivated')).toBeCloseTo(50 * 60, 2);
    // A1 ends at 450 m: beyond it no year says anything
    expect(made.of('east').checks['not-cultivated']).toMatchObject({ outcome: 'undetermined' });
    expect(made.of('east').checks['not-cultivated']?.unknown_area_m2).toBeCloseTo(20 * 20, 2);
  });

  it('pins the layers made as it pins any', () => {
    const pinned = made.manifest.layers.filter(({ type }) => type === 'land-use');
    expect(pinned.map(({ year }) => year)).toEqual([2021, 2022, 2023]);
    for (const layer of pinned) expect(layer.content_sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});
