/** Which sets count against which, and who of two that overlap is deducted: once, whoever is verified again. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, type Ran, SmallCounty } from './small-runs.ts';

removeFiles();

const deducted = (ran: Ran, parcel: string) => Math.round(ran.of(parcel).deduct_area_m2);
const withOf = (ran: Ran, parcel: string) => ran.of(parcel).checks['parcel-overlap']['with'];

eachDatabase('earlier sets', (open) => {
  let database: Database;
  let regions = 992000;
  const county = () => new SmallCounty(database, String(++regions));
  beforeAll(async () => {
    database = await open();
  });

  it('are those of the county that a succeeded run has judged; the manifest lists them', async () => {
    const here = county();
    const judged = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'judged before' })]);
    await here.parcels([plot(box(0, 0, 100, 101), { DKBH: 'never judged' })]);
    const waiting = await here.parcels([plot(box(0, 0, 100, 102), { DKBH: 'in a run that has not run' })]);
    const elsewhere = county();
    const foreign = await elsewhere.parcels([plot(box(0, 0, 100, 103), { DKBH: 'of another county' })]);
    await here.verify({ sets: [judged], earlier: 'accepted' });
    await here.create({ sets: [waiting], earlier: 'accepted' });
    await elsewhere.verify({ sets: [foreign], earlier: 'accepted' });
    const mine = await here.parcels([plot(box(50, 0, 150, 100), { DKBH: 'mine' })]);
    const ran = await here.verify({ sets: [mine], earlier: 'accepted' });
    expect(withOf(ran, 'mine')).toEqual(['judged before']);
    expect(deducted(ran, 'mine')).toBe(5000);
    expect(ran.manifest.inputs.map((set) => [set.parcel_set_id, set.role])).toEqual([
      [judged, 'earlier'],
      [mine, 'judged'],
    ]);
  });

  it('that are withdrawn take no part', async () => {
    const here = county();
    const gone = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'gone' })]);
    await here.verify({ sets: [gone], earlier: 'accepted' });
    const mine = await here.parcels([plot(box(50, 0, 150, 100), { DKBH: 'mine' })]);
    await database.db
      .updateTable('parcel_set')
      .set({ withdrawn_at: new Date() })
      .where('region_code', '=', here.region)
      .where('parcel_set_id', '=', gone)
      .execute();
    const ran = await here.verify({ sets: [mine], earlier: 'accepted' });
    expect(ran.of('mine').checks['parcel-overlap']).toMatchObject({ outcome: 'pass', with: [] });
    expect(ran.manifest.inputs).toHaveLength(1);
    await expect(here.create({ sets: [gone] })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that the set replaces, or a set accepted since has replaced, take no part', async () => {
    const here = county();
    const first = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'first' })]);
    await here.verify({ sets: [first], earlier: 'accepted' });
    const second = await here.parcels([plot(box(10, 0, 110, 100), { DKBH: 'second' })], { replaces: [first] });
    const ran = await here.verify({ sets: [second], earlier: 'accepted' });
    expect(withOf(ran, 'second')).toEqual([]);
    const third = await here.parcels([plot(box(20, 0, 120, 100), { DKBH: 'third' })]);
    expect(withOf(await here.verify({ sets: [third], earlier: 'accepted' }), 'third')).toEqual(['second']);
  });

  it('that another set replaces take no part when they are verified again, alone or beside it, and however the id was written', async () => {
    const here = county();
    const first = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'first' })]);
    await here.verify({ sets: [first], earlier: 'accepted' });
    const second = await here.parcels([plot(box(10, 0, 110, 100), { DKBH: 'second' })], {
      replaces: [first.toUpperCase()],
    });
    expect(withOf(await here.verify({ sets: [second], earlier: 'accepted' }), 'second')).toEqual([]);
    const again = await here.verify({ sets: [first], earlier: 'accepted' });
    expect(again.of('first').checks['parcel-overlap']).toMatchObject({ outcome: 'pass', with: [] });
    const both = await here.verify({ sets: [first, second], earlier: 'accepted' });
    expect([withOf(both, 'first'), withOf(both, 'second'), deducted(both, 'second')]).toEqual([[], [], 0]);
  });

  it('hold the earlier version of a parcel also where its id had to be joined to the project code since', async () => {
    const here = county();
    const [one, two] = ['50024220210001', '50024220210002'];
    const alone = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: '7', XMBH: one })]);
    await here.verify({ sets: [alone], earlier: 'accepted' });
    const joined = await here.parcels([
      plot(box(3, 0, 103, 100), { DKBH: '7', XMBH: one }),
      plot(box(3, 200, 103, 300), { DKBH: '7', XMBH: two }),
    ]);
    const ran = await here.verify({ sets: [joined], earlier: 'accepted' });
    expect(withOf(ran, `${one}/7`)).toEqual([]);
    const backAgain = await here.parcels([plot(box(5, 0, 105, 100), { DKBH: '7', XMBH: one })]);
    expect(withOf(await here.verify({ sets: [backAgain], earlier: 'accepted' }), '7')).toEqual([]);
  });

  it('that are only said to be replaced by a set nobody has judged still count', async () => {
    const here = county();
    const first = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'first' })]);
    await here.verify({ sets: [first], earlier: 'accepted' });
    await here.parcels([plot(box(10, 0, 110, 100), { DKBH: 'second' })], { replaces: [first] });
    const third = await here.parcels([plot(box(20, 0, 120, 100), { DKBH: 'third' })]);
    expect(withOf(await here.verify({ sets: [third], earlier: 'accepted' }), 'third')).toEqual(['first']);
  });

  describe('the later of two sets is deducted', () => {
    it('in the order named on the command line', async () => {
      const here = county();
      const a = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'a' })]);
      const z = await here.parcels([plot(box(40, 0, 140, 100), { DKBH: 'z' })]);
      const ran = await here.verify({ sets: [z, a], order: 'given' });
      expect([deducted(ran, 'z'), deducted(ran, 'a')]).toEqual([0, 6000]);
    });

    it('in the order of acceptance over HTTP, however they are named', async () => {
      const here = county();
      const z = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'z' })]);
      await here.verify({ sets: [z], earlier: 'accepted', order: 'accepted' });
      const a = await here.parcels([plot(box(40, 0, 140, 100), { DKBH: 'a' })]);
      const ran = await here.verify({ sets: [a, z], earlier: 'accepted', order: 'accepted' });
      expect([deducted(ran, 'z'), deducted(ran, 'a')]).toEqual([0, 6000]);
    });

    it.each(['given', 'accepted'] as const)(
      'once: the first set verified again is not deducted too (%s)',
      async (order) => {
        const here = county();
        const first = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'first' })]);
        await here.verify({ sets: [first], earlier: 'accepted', order });
        const second = await here.parcels([plot(box(40, 0, 140, 100), { DKBH: 'second' })]);
        expect(deducted(await here.verify({ sets: [second], earlier: 'accepted', order }), 'second')).toBe(6000);
        const again = await here.verify({ sets: [first], earlier: 'accepted', order });
        expect(withOf(again, 'first')).toEqual(['second']);
        expect(deducted(again, 'first')).toBe(0);
      },
    );

    it('once also where both were accepted by one run', async () => {
      const here = county();
      const first = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'first' })]);
      const second = await here.parcels([plot(box(40, 0, 140, 100), { DKBH: 'a second' })]);
      const both = await here.verify({ sets: [first, second], earlier: 'accepted' });
      expect([deducted(both, 'first'), deducted(both, 'a second')]).toEqual([0, 6000]);
      expect(deducted(await here.verify({ sets: [first], earlier: 'accepted' }), 'first')).toBe(0);
      expect(deducted(await here.verify({ sets: [second], earlier: 'accepted' }), 'a second')).toBe(6000);
    });
  });
});
