/** Land use of the next year out of a base and an increment: counted by hand, drawn by GEOS, measured by GeographicLib. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { ReceivedLayer } from '../../server/intake/layer-task.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { makeZip } from '../intake/make-zip.ts';
import { eachDatabase } from '../support/databases.ts';
import { geometryAreaM2 } from '../witness/geodesic.ts';
import {
  gone2022,
  increment,
  m2Of,
  n3,
  new2022,
  new2023,
  of2021,
  of2022,
  of2023,
  type Patch,
  patch,
  patchTable,
  processTable,
  type Step,
  steps2022,
  steps2023,
  wholeYear,
} from './increments.ts';
import { depsOf, fileOf, geojson, removeFiles, rowCounts } from './receiving.ts';

removeFiles();

const codes = ({ warnings }: Pick<ReceivedLayer, 'warnings'>) => warnings.map(({ code }) => code);

eachDatabase('a land-use year out of an increment', (open) => {
  let database: Database;
  let base: ReceivedLayer;
  const receive = (bytes: Buffer, year: number, more: object = {}, name = 'zlb.zip') =>
    receiveLayer(depsOf(database), { ...fileOf(bytes, name), type: 'land-use', year, regionCode: '500242', ...more });
  const next = (bytes: Buffer, more: object = {}, year = 2022) =>
    receive(bytes, year, { baseLayerId: base.layer_id, ...more });
  /** number, class, digest of the stored shape and of its pieces: all a check sees of a patch */
  const stored = async (id: string) =>
    (
      await database.pool.query(
        `select f.attributes ->> 'BSM' as number, f.class_code, f.planting, md5(st_asbinary(f.geom)) as shape,
                (select md5(string_agg(st_asbinary(p.geom), '' order by p.piece_no)) from layer_piece p
                 where p.region_code = f.region_code and p.layer_id = f.layer_id and p.feature_no = f.feature_no) as pieces
         from layer_feature f where f.layer_id = $1 order by 1, 2`,
        [id],
      )
    ).rows;
  const shapes = async (id: string): Promise<{ number: string; geojson: string; faults: object[]; valid: boolean }[]> =>
    (
      await database.pool.query(
        `select attributes ->> 'BSM' as number, st_asgeojson(geom, 15) as geojson, faults, st_isvalid(geom) as valid
         from layer_feature where layer_id = $1 order by feature_no`,
        [id],
      )
    ).rows;
  const numbers = (patches: Patch[]) => patches.map(({ number }) => number).sort();
  const short = (number: string) => number.replace('5002422000000', '');

  beforeAll(async () => {
    database = await open();
    base = await receive(wholeYear(of2021), 2021, {}, 'dltb2021.zip');
    expect(base.warnings).toEqual([]);
  });

  describe('by name, DLTBGX and DLTBGXGC in one zip', () => {
    let of22: ReceivedLayer;
    let of23: ReceivedLayer;
    beforeAll(async () => {
      of22 = await receive(increment(new2022, steps2022), 2022, { increment: true });
      of23 = await receive(increment(new2023, steps2023), 2023, { increment: true });
    });

    it('is the base without the patches named, plus all new ones, to the letter of the year uploaded whole', async () => {
      for (const [year, patches, made] of [
        [2022, of2022, of22],
        [2023, of2023, of23],
      ] as const) {
        const whole = await receive(wholeYear([...patches]), year, { regionCode: '511529' }, `dltb${year}.zip`);
        const rows = await stored(made.layer_id);
        expect(rows.map(({ number }) => number)).toEqual(numbers([...patches]));
        expect(rows).toEqual(await stored(whole.layer_id));
        expect(made.feature_count).toBe(patches.length);
      }
    });

    it('is a layer like any other, with its base and what was done in its decisions', async () => {
      const { rows } = await database.pool.query(
        `select type, year, state, code_system, content_sha256, feature_count, decisions -> 'increment' as increment from layer where layer_id = $1`,
        [of22.layer_id],
      );
      const { rows: own } = await database.pool.query('select content_sha256 from layer where layer_id = $1', [
        base.layer_id,
      ]);
      expect(rows[0]).toMatchObject({
        type: 'land-use',
        year: 2022,
        state: 'ready',
        code_system: 'td3',
        content_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        feature_count: 12,
        increment: {
          base: { layer_id: base.layer_id, year: 2021, content_sha256: own[0].content_sha256 },
          tables: { DLTBGX: '增量包/500242/DLTBGX', DLTBGXGC: '增量包/500242/DLTBGXGC' },
          mode: 'by-name',
          removed: 5,
          kept: 7,
          added: 5,
        },
      });
      expect(of22.decisions).toMatchObject({ code_system: { system: 'td3' }, region: { region_code: '500242' } });
      // GeographicLib over the shapes as stored, against squares of the plane by the central meridian
      const found = await shapes(of22.layer_id);
      for (const one of of2022) {
        const shape = found.find(({ number }) => number === one.number)!;
        expect(geometryAreaM2(JSON.parse(shape.geojson))).toBeCloseTo(m2Of(one), 2);
      }
      const { removed_m2, added_m2 } = rows[0].increment;
      expect(removed_m2).toBeCloseTo(
        gone2022.reduce((sum, one) => sum + m2Of(one), 0),
        2,
      );
      expect(added_m2).toBeCloseTo(45_000, 2);
    });

    it('numbers its polygons without a gap, each piece with one of them', async () => {
      const { rows } = await database.pool.query(
        `select count(*)::int as n, min(feature_no) as first, max(feature_no) as last,
                (select count(*)::int from layer_piece p where p.layer_id = $1 and not exists (
                   select from layer_feature f where f.layer_id = p.layer_id and f.feature_no = p.feature_no)) as lost
         from layer_feature where layer_id = $1`,
        [of23.layer_id],
      );
      expect(rows).toEqual([{ n: 12, first: 1, last: 12, lost: 0 }]);
    });

    it('has nothing to say against sound increments, one upon the other', () => {
      expect([codes(of22), codes(of23)]).toEqual([[], []]);
      expect(of23.decisions).toMatchObject({ increment: { base: { layer_id: of22.layer_id, year: 2022 } } });
    });

    it('is there already when the same bytes come for the same base, and another layer for another base', async () => {
      const before = await rowCounts(database);
      const again = await next(increment(new2022, steps2022));
      expect(again).toMatchObject({ layer_id: of22.layer_id, existing: true });
      expect(await rowCounts(database)).toEqual(before);
      const other = await receive(wholeYear([...of2021, patch('X1', '0103', 900, 0, 950, 50)]), 2020);
      const elsewhere = await receive(increment(new2022, steps2022), 2022, { baseYear: 2020 });
      expect(elsewhere.layer_id).not.toBe(of22.layer_id);
      expect(elsewhere).toMatchObject({
        existing: false,
        decisions: { increment: { base: { layer_id: other.layer_id } } },
      });
      expect(codes(elsewhere)).toEqual(['increment-year-gap']);
    });
  });

  describe('areas that do not add up', () => {
    it('are told patch by patch with both figures, before and after', async () => {
      const steps = steps2022.map((step) =>
        step.after?.number === n3.number ? { ...step, m2: step.m2! - 30.25 } : step,
      );
      const { warnings } = await next(increment(new2022, steps));
      expect(warnings.map(({ code }) => code)).toEqual([
        'increment-area-before',
        'increment-area-before',
        'increment-area-after',
      ]);
      const said = warnings.map(({ message }) => message.zh);
      for (const words of ['5002422000000B2', '9969.75', '10000.00', '-30.25']) expect(said[0]).toContain(words);
      for (const words of ['5002422000000N3', '19939.50', '20000.00', '-60.50']) expect(said[2]).toContain(words);
      expect(warnings[0]!.where).toMatchObject({ field: 'TBBGMJ', rows: [3] });
    });

    it.each([
      [0.01, []],
      [0.02, ['increment-area-before', 'increment-area-after']],
    ])('by %d m²: told from more than 0.01 m² on', async (off, expected) => {
      const steps = steps2022.map((step) => (step.conduct === '1' ? { ...step, m2: 10_000 + off } : step));
      expect(codes(await next(increment(new2022, steps)))).toEqual(expected);
    });

    it('are measured by the shape where neither table states them: from 0.1 % on', async () => {
      const tables = (m2: number) => {
        const steps = steps2022.map((step) => (step.conduct === '1' ? { ...step, m2 } : step));
        return makeZip([
          ...patchTable('DLTBGX', new2022, { columns: { TBMJ: null } }),
          ...processTable('DLTBGXGC', steps, { columns: { BGQTBDLMJ: null, BGQKCMJ: null } }),
        ]);
      };
      // before, the base has its TBMJ; after, only the shape of 10,000 m² is left
      expect(codes(await next(tables(9_991)))).toEqual(['increment-area-before']);
      expect(codes(await next(tables(9_989)))).toEqual(['increment-area-before', 'increment-area-after']);
    });

    it('are not said to be checked where the table has no figures', async () => {
      const steps = steps2022.map((step): Step => (step.conduct === '1' ? { ...step, m2: null } : step));
      expect(codes(await next(increment(new2022, steps)))).toEqual(['increment-not-checked', 'increment-not-checked']);
      const without = [
        ...patchTable('DLTBGX', new2022),
        ...processTable('DLTBGXGC', steps2022, { columns: { TBBGMJ: null } }),
      ];
      expect(codes(await next(makeZip(without)))).toEqual(['increment-not-checked']);
    });
  });

  describe('names that do not fit', () => {
    it('are told: not in the base, not among the new patches, new and not in the table', async () => {
      const ghost = patch('Q7', '0103', 0, 0, 100, 100);
      const steps = [...steps2022, { before: ghost, after: ghost, m2: 10_000 }];
      const late = patch('L1', '0103', 600, 0, 700, 100);
      const received = await next(increment([...new2022, late], steps));
      expect(codes(received)).toEqual(['increment-name-missing', 'increment-after-missing', 'increment-patch-unnamed']);
      expect(received.warnings.map(({ where }) => where)).toMatchObject([
        { field: 'BGQTBBSM', rows: [8] },
        { field: 'BGHTBBSM', rows: [8] },
        { field: 'BSM', rows: [6] },
      ]);
      expect(received.warnings[0]!.message.zh).toContain('5002422000000Q7');
    });

    it('are told where a new patch lies over one that is not named: that land has two classes', async () => {
      const received = await next(
        increment(
          new2022,
          steps2022.filter(({ before }) => !before?.number.endsWith('B3')),
        ),
      );
      expect(codes(received)).toEqual(['increment-area-after', 'increment-overlap']);
      expect(received.warnings[1]!.message.zh).toMatch(/10000\.0\d m².*B3/);
    });

    it('refuse the increment where not one is in the base, or the base has no numbers', async () => {
      const before = await rowCounts(database);
      const strangers = steps2023.map((step) => ({
        ...step,
        before: { ...step.before!, number: `1${step.before!.number}` },
      }));
      await expect(next(increment(new2022, strangers))).rejects.toMatchObject({
        code: 'validation',
        where: { field: 'BGQTBBSM' },
      });
      expect(await rowCounts(database)).toEqual(before);
      const nameless = await receive(makeZip(patchTable('DLTB', of2021, { columns: { BSM: null } })), 2019);
      await expect(next(increment(new2022, steps2022), { baseLayerId: nameless.layer_id })).rejects.toMatchObject({
        code: 'validation',
        detail: { zh: expect.stringContaining('没有图斑标识码') },
      });
    });

    it('are found in a base whose columns are written otherwise', async () => {
      const lower = await receive(makeZip(patchTable('dltb', of2021, { columns: { BSM: 'bsm', TBMJ: 'tbmj' } })), 2018);
      const received = await next(increment(new2022, steps2022), { baseLayerId: lower.layer_id }, 2019);
      expect(received).toMatchObject({ feature_count: 12, warnings: [] });
      const after = await receive(increment(new2023, steps2023), 2020, { baseLayerId: received.layer_id });
      expect(after).toMatchObject({ feature_count: 12, warnings: [] });
    });
  });

  describe('DLTBGX alone', () => {
    it('erases the base where new patches lie, says so, and leaves the rest to the digit', async () => {
      // B1 whole, the western 30 m of B2, a hole of 20 m in B6
      const young = [patch('N1', '0101', 0, 0, 130, 100), patch('N2', '0702', 140, 140, 160, 160)];
      const received = await next(increment(young, null));
      expect(codes(received)).toEqual(['increment-by-geometry']);
      expect(received).toMatchObject({
        feature_count: 13,
        decisions: {
          increment: { mode: 'by-geometry', removed: 1, cut: 2, kept: 9, added: 2, tables: { DLTBGXGC: null } },
        },
      });
      const found = await shapes(received.layer_id);
      expect(found.map(({ number }) => short(number))).toEqual([
        ...['N1', 'N2'],
        ...['B3', 'B4', 'B5', 'B7', 'B8', 'B9', 'B10', 'B11', 'B12'],
        ...['B2', 'B6'],
      ]);
      const area = (name: string) =>
        geometryAreaM2(JSON.parse(found.find(({ number }) => short(number) === name)!.geojson));
      expect(area('B2')).toBeCloseTo(7000, 2);
      expect(area('B6')).toBeCloseTo(9600, 2);
      expect(found.every(({ valid }) => valid)).toBe(true);
      expect(found.filter(({ faults }) => faults.length > 0).map(({ number }) => short(number))).toEqual(['B2', 'B6']);
      const kept = await stored(base.layer_id);
      for (const row of await stored(received.layer_id))
        if (!['N1', 'N2', 'B2', 'B6'].includes(short(row.number))) expect(kept).toContainEqual(row);
      // no land twice, none lost: GEOS over all pieces
      const { rows } = await database.pool.query(
        `select sum(st_area(geom)) / st_area(st_union(geom)) as times, st_area(st_union(geom)::geography) as m2 from layer_piece where layer_id = $1`,
        [received.layer_id],
      );
      // hairs of the edges' points every 70 m: 2e-4 m² here
      expect(rows[0].times).toBeCloseTo(1, 8);
      expect(rows[0].m2).toBeCloseTo(120_000, 1);
    });

    it('as one GeoJSON too; a plain upload of it is refused, since it is no whole year', async () => {
      const file = geojson([
        {
          rings: [
            [
              [36_500_000, 3_200_000],
              [36_500_050, 3_200_000],
              [36_500_050, 3_200_050],
              [36_500_000, 3_200_050],
              [36_500_000, 3_200_000],
            ],
          ],
          properties: { DLBM: '0702' },
        },
      ]);
      const plain = receiveLayer(depsOf(database), {
        ...fileOf(file, 'x'),
        fileName: 'DLTBGX.geojson',
        type: 'land-use',
        year: 2022,
      });
      await expect(plain).rejects.toMatchObject({ code: 'validation', where: { field: 'increment' } });
      const received = await next(file, {}, 2022);
      expect(received).toMatchObject({ feature_count: 13, decisions: { increment: { cut: 1, removed: 0 } } });
    });
  });

  describe('refusals', () => {
    const bytes = increment(new2022, steps2022);
    it('of a base of another county, type, code system, or a year that is not older', async () => {
      const before = await rowCounts(database);
      const refused = (more: object, year = 2022) => next(bytes, more, year);
      await expect(refused({ regionCode: '500243' })).rejects.toMatchObject({
        code: 'validation',
        where: { field: 'base_layer_id' },
      });
      await expect(refused({}, 2021)).rejects.toMatchObject({ code: 'validation', where: { field: 'base_layer_id' } });
      await expect(refused({ baseYear: 2020 })).rejects.toMatchObject({
        code: 'validation',
        where: { field: 'base_year' },
      });
      await expect(refused({ codeSystem: 'td2' })).rejects.toMatchObject({
        code: 'validation',
        where: { field: 'code_system' },
      });
      await expect(refused({ type: 'issue' })).rejects.toMatchObject({ code: 'validation', where: { field: 'type' } });
      await expect(refused({ baseLayerId: '00000000-0000-4000-8000-000000000000' })).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(receive(bytes, 1990, { increment: true })).rejects.toMatchObject({ code: 'layer-missing' });
      await expect(receive(bytes, 2022, { baseYear: 2022 })).rejects.toMatchObject({ code: 'validation' });
      const secondSurvey = increment(
        [patch('N1', '011', 0, 0, 40, 100), patch('N2', '013', 40, 0, 100, 100)].map((p) => ({ ...p })),
        null,
      );
      await expect(next(secondSurvey)).rejects.toMatchObject({ code: 'validation', where: { field: 'code_system' } });
      expect(await rowCounts(database)).toEqual(before);
    });

    it('whose DLTBGXGC is a bare .dbf is cut by geometry, and that is told', async () => {
      const bare = processTable('DLTBGXGC', steps2022).filter(({ name }) => String(name).endsWith('.dbf'));
      const made = await next(makeZip([...patchTable('DLTBGX', new2022), ...bare]));
      expect(made.decisions).toMatchObject({ increment: { mode: 'by-geometry' } });
      expect(made.warnings).toContainEqual(
        expect.objectContaining({
          code: 'increment-process-not-read',
          where: expect.objectContaining({ candidates: ['DLTBGXGC.dbf'] }),
        }),
      );
    });

    it('of a year in which patches only went is taken, and told; an empty table that says nothing is refused', async () => {
      const left = gone2022.map((before): Step => ({ before, after: null, m2: 10_000, conduct: '0' }));
      const made = await next(increment([], left));
      expect(made.feature_count).toBe(of2021.length - gone2022.length);
      expect(codes(made)).toEqual(['increment-only-removes']);
      const kept = of2021.filter((p) => !gone2022.includes(p));
      expect((await shapes(made.layer_id)).map(({ number }) => number).sort()).toEqual(numbers(kept));
      expect(made.decisions).toMatchObject({ increment: { mode: 'by-name', added: 0, removed: 5 } });
      const before = await rowCounts(database);
      await expect(next(increment([], null))).rejects.toMatchObject({ code: 'geometry-empty' });
      await expect(next(increment(new2022, []))).rejects.toMatchObject({ code: 'geometry-empty' });
      expect(await rowCounts(database)).toEqual(before);
    });

    it('of a zip without DLTBGX, and of one with two years; a sublayer says which', async () => {
      await expect(next(makeZip(processTable('DLTBGXGC', steps2022)))).rejects.toMatchObject({
        code: 'attribute-missing',
      });
      const both = makeZip([
        ...['2022/', '2023/'].flatMap((folder, i) => [
          ...patchTable(`${folder}DLTBGX`, [new2022, new2023][i]!),
          ...processTable(`${folder}DLTBGXGC`, [steps2022, steps2023][i]!),
        ]),
      ]);
      await expect(next(both)).rejects.toMatchObject({
        code: 'several-shapefiles',
        where: { candidates: ['2022/DLTBGX', '2023/DLTBGX'] },
      });
      const received = await next(both, { sublayer: '2022/DLTBGX' });
      expect(received).toMatchObject({
        feature_count: 12,
        warnings: [],
        decisions: { increment: { tables: { DLTBGXGC: '2022/DLTBGXGC' } } },
      });
    });

    it('whole or not at all: aborted while it is copied, nothing is left', async () => {
      const before = await rowCounts(database);
      const stop = new AbortController();
      const file = fileOf(increment(new2022, steps2022, '再来/'), 'zlb.zip');
      const work = receiveLayer(
        depsOf(database),
        { ...file, type: 'land-use', year: 2022, regionCode: '500242', baseLayerId: base.layer_id },
        { signal: stop.signal, progress: (share) => share > 0.6 && stop.abort(new Error('stopped')) },
      );
      await expect(work).rejects.toThrow('stopped');
      expect(await rowCounts(database)).toEqual(before);
    });
  });
});
