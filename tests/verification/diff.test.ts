/** What two runs say otherwise of the same parcels, and why: one run beside another that differs from it in one thing. */
import { type Kysely, type KyselyPlugin, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { Schema } from '../../server/database/schema.ts';
import type { ChangeKind } from '../../server/verification/change-kinds.ts';
import { type Diff, type DiffItem, diffRuns } from '../../server/verification/diff.ts';
import type { Manifest } from '../../server/verification/manifest.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { at, box, config, plot, type Ran, type RunWanted, SmallCounty } from './small-runs.ts';

removeFiles();

const everywhere = box(-1000, -1000, 3000, 3000);
const paddy = { DLBM: '0101', DLMC: '水田', ZZSXDM: 'LS' };
const forest = { DLBM: '0301', DLMC: '乔木林地' };
const project = { XMBH: '50024220210001', YSRQ: '2021-06-30' };
/** parcels of 100 × 100 m, a kilometre apart: what happens to one does not reach another */
const parcel = (n: number, more = {}, [dx, dy] = [0, 0]) =>
  plot(box(1000 * n, 0, 1000 * n + 100 + dx, 100 + dy), { DKBH: `p${n}`, ...project, ...more });

eachDatabase('a diff', (open) => {
  let database: Database;
  let db: Kysely<Schema>;
  let here: SmallCounty;
  const layer: Record<'red' | 'redder' | 'lu2018' | 'lu2018b' | 'lu2022' | 'lu2022b' | 'slope', string> =
    Object.create(null);
  let set: string;
  let base: Ran;
  const deps = () => ({ database, config: { ...config, chunkSize: { embedded: 1, postgis: 1 } } });

  async function toDiff({ run }: Pick<Ran, 'run'>) {
    const row = await db
      .selectFrom('run')
      .select(['region_code', 'run_id', 'parcel_count', 'manifest'])
      .where('run_id', '=', run.run_id)
      .executeTakeFirstOrThrow();
    return { ...row, manifest: row.manifest as unknown as Manifest };
  }
  const diff = async (before: Ran, after: Ran, page = { after_place: 0, limit: 100 }): Promise<Diff> =>
    diffRuns(deps(), await toDiff(before), await toDiff(after), page);
  const over = (...names: (keyof typeof layer)[]) => [...names.map((name) => layer[name]), layer.slope];
  const baseLayers = () => over('red', 'lu2018', 'lu2022');
  const against = async (wanted: Partial<RunWanted>) => {
    const after = await here.verify({ sets: [set], layers: baseLayers(), ...wanted });
    return { after, found: await diff(base, after) };
  };
  const brief = ({ change, parcel_id, findings }: DiffItem) =>
    [change, parcel_id, ...findings.map(({ check, causes }) => `${check}: ${causes.join()}`)].join(' ');

  beforeAll(async () => {
    database = await open();
    db = database.db;
    here = new SmallCounty(database, '994001');
    layer.red = await here.layer('eco-red-line', [plot(box(0, 0, 30, 100), { HXMC: '甲' })]);
    layer.redder = await here.layer('eco-red-line', [plot(box(0, 0, 80, 100), { HXMC: '甲' })]);
    layer.lu2018 = await here.layer('land-use', [plot(everywhere, forest)], { year: 2018 });
    layer.lu2018b = await here.layer(
      'land-use',
      [
        plot(box(1000, 0, 1050, 100), paddy),
        plot(box(1050, 0, 1100, 100), forest),
        plot(box(-500, -500, 500, 500), forest),
        plot(box(1500, -500, 2500, 500), forest),
      ],
      { year: 2018 },
    );
    layer.lu2022 = await here.layer('land-use', [plot(everywhere, paddy)], { year: 2022 });
    layer.lu2022b = await here.layer(
      'land-use',
      [
        plot(box(-500, -500, 1500, 500), paddy),
        plot(box(2000, 0, 2020, 100), forest),
        plot(box(2020, 0, 2100, 100), paddy),
      ],
      { year: 2022 },
    );
    layer.slope = await here.slope({
      width: 100,
      height: 100,
      cells: new Float32Array(10_000).fill(5),
      place: [...at(-1000, 3000), 50, 50],
      srid: 4524,
    });
    set = await here.parcels([parcel(0), parcel(1), parcel(2)]);
    base = await here.verify({ sets: [set], layers: baseLayers() });
    expect(base.features.map(({ properties }) => properties.verdict)).toEqual([
      'non_compliant',
      'compliant',
      'compliant',
    ]);
  });

  it('of two runs over the same evidence is empty', async () => {
    const { found } = await against({});
    expect(found).toMatchObject({ items: [], next: null, number_matched: 0 });
    expect(found.summary).toEqual({
      parcel_count: { before: 3, after: 3 },
      changed: 0,
      added: 0,
      removed: 0,
      unchanged: 3,
      by_kind: { flagged: 0, unproven: 0, cleared: 0, figures: 0, added: 0, removed: 0 },
      by_verdict: [],
      by_cause: {},
    });
  });

  describe('names as the cause', () => {
    it('a layer, with both its versions, of the parcel that it reaches', async () => {
      const { found } = await against({ layers: over('redder', 'lu2018', 'lu2022') });
      expect(found.items.map(brief)).toEqual(['changed p0 eco-red-line: layer-version']);
      const [item] = found.items;
      expect(item!.causes).toEqual([
        { cause: 'layer-version', type: 'eco-red-line', year: null, before: layer.red, after: layer.redder },
      ]);
      // 30 and 80 of 100 m
      expect(item!.findings[0]!.before!.area_m2).toBeCloseTo(3000, 0);
      expect(item!.findings[0]!.after!.area_m2).toBeCloseTo(8000, 0);
      const { 'layer-version': sums } = found.summary.by_cause;
      expect(sums!.parcels).toBe(1);
      expect(sums!.area_m2).toBeCloseTo(10_000, 0);
      expect(sums!.deduct_area_m2).toBeCloseTo(5000, 0);
      expect(sums!.kept_area_m2).toBeCloseTo(-5000, 0);
      expect(found.summary).toMatchObject({
        changed: 1,
        unchanged: 2,
        by_verdict: [{ before: 'non_compliant', after: 'non_compliant', parcels: 1 }],
      });
    });

    it('of the land-use years the one the check looked at', async () => {
      const { found } = await against({ layers: over('red', 'lu2018b', 'lu2022b') });
      expect(found.items.map(brief)).toEqual([
        'changed p1 prior-farmland: layer-version',
        'changed p2 not-cultivated: layer-version',
      ]);
      expect(found.items.map(({ causes }) => causes)).toEqual([
        [{ cause: 'layer-version', type: 'land-use', year: 2018, before: layer.lu2018, after: layer.lu2018b }],
        [{ cause: 'layer-version', type: 'land-use', year: 2022, before: layer.lu2022, after: layer.lu2022b }],
      ]);
      expect(found.summary.by_verdict).toEqual([
        { before: 'compliant', after: 'non_compliant', parcels: 2, area_m2: expect.closeTo(20_000, 0) },
      ]);
    });

    it('a layer that was not there before', async () => {
      const bare = await here.verify({ sets: [set], layers: over('lu2018', 'lu2022') });
      const { items } = await diff(bare, base);
      expect(items.map(brief)).toEqual([0, 1, 2].map((n) => `changed p${n} eco-red-line: layer-version`));
      expect(items[1]!.findings[0]).toMatchObject({
        before: { outcome: 'undetermined', reason: 'layer-missing', area_m2: null },
        after: { outcome: 'pass', reason: null, area_m2: 0 },
      });
      expect(items[1]!.causes).toEqual([
        { cause: 'layer-version', type: 'eco-red-line', year: null, before: null, after: layer.red },
      ]);
    });

    it('a parameter, from which value to which; and not the layer that changed elsewhere', async () => {
      const params = { 'eco-red-line': { min_area_m2: 5000 } };
      const { found } = await against({ params });
      expect(found.items.map(brief)).toEqual(['changed p0 eco-red-line: parameter']);
      expect(found.items[0]!.causes).toEqual([
        { cause: 'parameter', check: 'eco-red-line', key: 'min_area_m2', before: 10, after: 5000 },
      ]);
      const elsewhere = await here.layer('eco-red-line', [
        plot(box(0, 0, 30, 100), { HXMC: '甲' }),
        plot(box(600, 0, 700, 100), { HXMC: '乙' }),
      ]);
      const both = await against({ params, layers: [elsewhere, ...over('lu2018', 'lu2022')] });
      expect(both.found.items.map(brief)).toEqual(['changed p0 eco-red-line: parameter']);
      // one that decides over the area says nothing of why the area is another
      const wider = await against({
        params: { 'eco-red-line': { min_area_m2: 20 } },
        layers: over('redder', 'lu2018', 'lu2022'),
      });
      expect(wider.found.items.map(brief)).toEqual(['changed p0 eco-red-line: layer-version']);
    });

    it('the shape of the parcel, filed again in another set; the others are the same', async () => {
      const again = await here.parcels([parcel(0), parcel(1, {}, [0, 20]), parcel(2)]);
      const { found } = await against({ sets: [again] });
      expect(found.items.map(brief)).toEqual(['changed p1']);
      expect(found.items[0]).toMatchObject({
        before: { parcel_set_id: set, verdict: 'compliant', area_m2: expect.closeTo(10_000, 0) },
        after: { parcel_set_id: again, verdict: 'compliant', area_m2: expect.closeTo(12_000, 0) },
        causes: [{ cause: 'parcel-geometry' }],
      });
      expect(found.summary.by_cause['parcel-geometry']!.kept_area_m2).toBeCloseTo(2000, 0);
    });

    it('what the parcel says of itself', async () => {
      const again = await here.parcels([parcel(0), parcel(1, { TBMJ: 12_345 }), parcel(2, { YSRQ: '2023-03-01' })]);
      const { found } = await against({ sets: [again] });
      expect(found.items.map(brief)).toEqual([
        'changed p1 area-mismatch: parcel-attributes',
        'changed p2 abandoned: parcel-attributes non-grain: parcel-attributes not-cultivated: parcel-attributes',
      ]);
      expect(found.items[0]!.causes).toEqual([{ cause: 'parcel-attributes', attributes: ['declared_area_m2'] }]);
      expect(found.items[1]!.causes).toEqual([{ cause: 'parcel-attributes', attributes: ['accepted_on'] }]);
      expect(found.items[1]!.findings[0]!.after).toMatchObject({ outcome: 'undetermined', reason: 'layer-too-old' });
    });

    it('another parcel', async () => {
      const earlier = await here.parcels([plot(box(2050, 0, 2150, 100), { DKBH: 'q', XMBH: '50024220190001' })]);
      const { found } = await against({ earlier: [earlier] });
      expect(found.items.map(brief)).toEqual(['changed p2 parcel-overlap: neighbour']);
      expect(found.items[0]!.causes).toEqual([{ cause: 'neighbour' }]);
      expect(found.items[0]!.findings[0]!.after!.area_m2).toBeCloseTo(5000, 0);
      expect(found.summary.by_verdict).toMatchObject([{ before: 'compliant', after: 'non_compliant', parcels: 1 }]);
      expect(found.summary.by_cause.neighbour!.parcels).toBe(1);
    });

    describe('what the manifests say of', () => {
      /** A second run like the first but for its manifest and one figure, as another engine or check would have left it. */
      const altered = async (change: string, n: number) => {
        // another name of a layer, so that the results are not those of the first run
        const own = await here.layer('levelling', [plot(box(5000 + n, 0, 5001 + n, 1))]);
        const [before, after] = [
          await here.verify({ sets: [set], layers: [...baseLayers(), own] }),
          await here.verify({
            sets: [set],
            layers: [...baseLayers(), own],
            params: { 'area-mismatch': { tolerance_m2: 1 + n } },
          }),
        ];
        await sql
          .raw(`update finding set area_m2 = area_m2 + 1 where check_id = 'eco-red-line' and result_id = (
            select result_id from run_result where run_id = '${after.run.run_id}' and ordinal = 1)`)
          .execute(db);
        await sql.raw(`update run set manifest = ${change} where run_id = '${after.run.run_id}'`).execute(db);
        return diff(before, after);
      };

      it('the engine', async () => {
        const { items } = await altered(`jsonb_set(manifest, '{engines,geos}', '"9.9.9"')`, 1);
        expect(items.map(brief)).toEqual(['changed p0 eco-red-line: engine']);
        expect(items[0]!.causes).toEqual([
          { cause: 'engine', engines: { geos: { before: database.engine.geos, after: '9.9.9' } } },
        ]);
      });

      it('the version of the check', async () => {
        const { items } = await altered(`jsonb_set(manifest, '{checks,2,version}', '7')`, 2);
        expect(items[0]!.causes).toEqual([{ cause: 'check-version', check: 'eco-red-line', before: 1, after: 7 }]);
      });

      it('nothing', async () => {
        const { items } = await altered('manifest', 3);
        expect(items[0]!.causes).toEqual([{ cause: 'unexplained' }]);
      });
    });
  });

  it('tells of parcels that came and went, and pages through all of it', async () => {
    const other = await here.parcels([
      parcel(1, {}, [10, 0]),
      parcel(7),
      parcel(0),
      plot(box(8000, 0, 8100, 100), { DKBH: 'p2', XMBH: '50024220210002' }),
    ]);
    const { after, found } = await against({ sets: [other] });
    expect(found.items.map(({ change, parcel_id, project_code }) => [change, parcel_id, project_code])).toEqual([
      ['changed', 'p1', '50024220210001'],
      ['added', 'p7', '50024220210001'],
      // the same id in another project is another parcel
      ['added', 'p2', '50024220210002'],
      ['removed', 'p2', '50024220210001'],
    ]);
    expect(found.summary).toMatchObject({ changed: 1, added: 2, removed: 1, unchanged: 1 });
    const pages: DiffItem[] = [];
    for (let place: number | null = 0; place !== null; ) {
      const page: Diff = await diff(base, after, { after_place: place, limit: 1 });
      expect(page).toMatchObject({ number_matched: 4, summary: found.summary });
      expect(page.items).toHaveLength(1);
      pages.push(...page.items);
      place = page.next;
    }
    expect(pages).toEqual(found.items);
    const back = await diff(after, base);
    expect(back.summary).toMatchObject({ changed: 1, added: 1, removed: 2, unchanged: 1 });
  });

  it('walks all of it once; a later page reads on from its place, and no further than it needs', async () => {
    const other = await here.parcels(Array.from({ length: 30 }, (_, n) => parcel(40 + n)));
    const after = await here.verify({ sets: [other], layers: baseLayers() });
    let rows = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        rows += result.rows.filter((row) => 'shape_changed' in row).length;
        return result;
      },
    };
    // a database that was asked nothing yet
    const fresh = { ...deps(), database: { ...database, db: db.withPlugin(counting) } };
    const [then, now] = [await toDiff(base), await toDiff(after)];
    const page = async (after_place: number, kind?: ChangeKind) => {
      rows = 0;
      const found = await diffRuns(fresh, then, now, { after_place, limit: 2, ...(kind ? { kind } : {}) });
      return { ...found, ids: found.items.map(({ parcel_id }) => parcel_id), rows };
    };
    // thirty that are new, three that are gone
    const first = await page(0);
    expect([first.ids, first.number_matched, first.rows]).toEqual([['p40', 'p41'], 33, 33]);
    const later = await page(10);
    expect([later.ids, later.number_matched, later.next]).toEqual([['p50', 'p51'], 33, 12]);
    expect(later.summary).toEqual(first.summary);
    // a stretch has five parcels
    expect(later.rows).toBe(5);
    const gone = await page(31, 'removed');
    expect([gone.ids, gone.number_matched, gone.next]).toEqual([['p1', 'p2'], 3, null]);
    expect((await page(0, 'flagged')).number_matched).toBe(0);
    expect((await page(28, 'added')).ids).toEqual(['p68', 'p69']);
  });

  it('takes the latest of several versions of a parcel, on either side', async () => {
    const [first, second] = [
      await here.parcels([parcel(1, {}, [30, 0])]),
      await here.parcels([parcel(1, {}, [60, 0])]),
    ];
    const { found } = await against({ sets: [first, second] });
    expect(found.items.map(({ change, parcel_id, after }) => [change, parcel_id, after?.parcel_set_id])).toEqual([
      ['added', 'p1', first],
      ['changed', 'p1', second],
      ['removed', 'p0', undefined],
      ['removed', 'p2', undefined],
    ]);
  });

  it('is refused of runs of two counties', async () => {
    const there = new SmallCounty(database, '994002');
    const foreign = await there.verify({ sets: [await there.parcels([parcel(5)])] });
    await expect(diff(base, foreign)).rejects.toMatchObject({ code: 'validation', where: { field: 'against' } });
  });
});
