/** What looks like an unchanged parcel to a run over what was verified before, and is none. Areas are planar, at the central meridian. */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { type Plot, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, SmallCounty } from './small-runs.ts';

removeFiles();

/** the parcel that one of the same shape is said to be a copy of */
function twinOf({ checks }: VerdictFeature['properties']): unknown {
  const problems = checks['parcel-geometry']['problems'] as Record<string, unknown>[];
  return problems.find(({ code }) => code === 'duplicate-shape')?.['with'];
}

eachDatabase('a run that must not take over what was found before', (open) => {
  let database: Database;
  let regions = 991000;
  beforeAll(async () => {
    database = await open();
  });
  const county = () => new SmallCounty(database, String(++regions));
  /** two parcels of a hectare, far from each other: the second is never concerned */
  const twoParcels = (edition = 1) => [
    plot(box(0, 0, 100, 100), { DKBH: 'a', BZ: edition }),
    plot(box(900, 0, 1000, 100), { DKBH: 'far', BZ: edition }),
  ];
  const half = plot(box(0, 0, 50, 100), { HXMC: 'A' });
  const strip = plot(box(60, 0, 90, 100), { HXMC: 'A' });
  const away = plot(box(950, 0, 1000, 100), { HXMC: 'A' });
  const asOne: Plot = { ...half, more: [strip.rings!] };

  it.each([
    ['a copy of the last polygon is added', [away, half], [away, half, half], [5000, 5000]],
    ['a copy of a polygon is taken out', [half, away, half], [half, away], [5000]],
    ['two polygons are made one', [away, half, strip], [away, asOne], [8000]],
    ['one polygon is made two', [away, asOne], [away, half, strip], [5000, 3000]],
  ])('lists every polygon once where %s', async (_, before, after, hits) => {
    const here = county();
    const sets = [await here.parcels(twoParcels())];
    await here.verify({ sets, layers: [await here.layer('eco-red-line', before)] });
    const { of } = await here.verify({ sets, layers: [await here.layer('eco-red-line', after)] });
    const found = (of('a').checks['eco-red-line']['hits'] as { area_m2: number }[]).map((hit) => hit.area_m2);
    expect(found.map((area) => Math.round(area))).toEqual(hits);
  });

  it('takes over the parcel elsewhere all the same', async () => {
    const here = county();
    const sets = [await here.parcels(twoParcels())];
    await here.verify({ sets, layers: [await here.layer('eco-red-line', [away, half, strip])] });
    const { summary } = await here.verify({ sets, layers: [await here.layer('eco-red-line', [away, asOne])] });
    expect(summary.reused_count).toBe(1);
  });

  it('deducts from the later set, where the new version of an older set is later than its neighbour', async () => {
    const here = county();
    const older = await here.parcels(twoParcels());
    await here.verify({ sets: [older], earlier: 'accepted', order: 'accepted' });
    const neighbour = await here.parcels([plot(box(50, 0, 150, 100), { DKBH: 'e' })]);
    await here.verify({ sets: [neighbour], earlier: 'accepted', order: 'accepted' });
    const again = await here.verify({ sets: [older], earlier: 'accepted', order: 'accepted' });
    expect(again.of('a').deduct_area_m2).toBe(0);
    const anew = await here.parcels(twoParcels(2), { replaces: [older] });
    const { of } = await here.verify({ sets: [anew], earlier: 'accepted', order: 'accepted' });
    expect(of('a').deduct_area_m2).toBeCloseTo(5000, 1);
    expect(of('a').checks['parcel-overlap']['hits']).toMatchObject([
      { number: 'e', carried: true, parcel_set_id: neighbour },
    ]);
  });

  /** `same` has the shape of `a` */
  const sameAs = (edition: number) => plot(box(0, 0, 100, 100), { DKBH: 'same', BZ: edition });
  it.each([
    ['have changed places', ([a, far]: Plot[]) => [sameAs(2), a!, far!], { a: 'same', same: undefined }, 1],
    [
      'stand in another place, in the same order',
      ([a, far]: Plot[]) => [far!, a!, sameAs(2)],
      { a: undefined, same: 'a' },
      1,
    ],
    ['stand where they stood', ([a, far]: Plot[]) => [a!, sameAs(2), far!], { a: undefined, same: 'a' }, 3],
  ])('says of two parcels of one shape which is the first, where they %s', async (_, anew, twins, reused) => {
    const here = county();
    const [a, far] = twoParcels();
    const older = await here.parcels([a!, sameAs(1), far!]);
    const before = await here.verify({ sets: [older] });
    expect(twinOf(before.of('same'))).toBe('a');
    expect(twinOf(before.of('a'))).toBeUndefined();
    const newer = await here.parcels(anew(twoParcels(2)), { replaces: [older] });
    const { of, summary } = await here.verify({ sets: [newer] });
    expect({ a: twinOf(of('a')), same: twinOf(of('same')) }).toEqual(twins);
    expect(summary.reused_count).toBe(reused);
  });

  it('finds no overlap with a set that the new version replaces', async () => {
    const here = county();
    const earlier = [await here.parcels([plot(box(50, 0, 150, 100), { DKBH: 'e' })])];
    const before = await here.verify({ sets: [await here.parcels(twoParcels())], earlier });
    expect(before.of('a').deduct_area_m2).toBeCloseTo(5000, 1);
    const after = await here.verify({ sets: [await here.parcels(twoParcels(2), { replaces: earlier })], earlier });
    expect(after.of('a').deduct_area_m2).toBe(0);
    expect(after.of('a').checks['parcel-overlap']).toMatchObject({ outcome: 'pass', with: [] });
  });
});
