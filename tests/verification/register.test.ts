/**
 * The project register in a run: base year and acceptance from it, pending projects, the version pinned, replayed, and kept apart when
 * results are taken over. Parcels are 100 × 100 m, 200 m apart: 10,000 m² each; what was tilled is a strip of a width said by the test.
 */
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveRegister } from '../../server/intake/register/receive-register.ts';
import { diffRuns } from '../../server/verification/diff.ts';
import { replayRun } from '../../server/verification/replay.ts';
import { fileOf, removeFiles } from '../intake-receive/receiving.ts';
import { csv, project, type Row } from '../intake-receive/register-files.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, config, plot, type Ran, SmallCounty } from './small-runs.ts';

removeFiles();

const everywhere = box(-1000, -1000, 5000, 3000);

eachDatabase('a run on a county with a project register', (open) => {
  let database: Database;
  let counties = 990000;
  beforeAll(async () => {
    database = await open();
  });

  /** Land use of 2018, 2019 and 2022; tilled in 2018: the western 20 m of each parcel, in 2019: 50 m, now all of it. */
  async function county(parcels: Record<string, unknown>[]) {
    const here = new SmallCounty(database, String(++counties));
    const code = (n: number, year = 2021) => `${here.region}${year}${String(n).padStart(4, '0')}`;
    const strips = (width: number) => [
      ...parcels.map((_, n) => plot(box(200 * n, 0, 200 * n + width, 100), { DLBM: '0103', ZZSXDM: 'LS' })),
      ...parcels.map((_, n) => plot(box(200 * n + width, 0, 200 * n + 200, 100), { DLBM: '0301' })),
    ];
    const layers = [
      await here.layer('land-use', strips(20), { year: 2018 }),
      await here.layer('land-use', strips(50), { year: 2019 }),
      await here.layer('land-use', [plot(everywhere, { DLBM: '0103', ZZSXDM: 'LS' })], { year: 2022 }),
    ];
    const set = await here.parcels(
      parcels.map(({ project: n, ...more }, i) =>
        plot(box(200 * i, 0, 200 * i + 100, 100), {
          DKBH: `p${i}`,
          XMBH: typeof n === 'number' ? code(n) : n,
          ...more,
        }),
      ),
    );
    const register = async (rows: Row[]) =>
      receiveRegister({ database, config }, { ...fileOf(csv(rows), 'register.csv'), regionCode: here.region });
    const verify = (params = {}) => here.verify({ sets: [set], layers, params });
    return { here, code, layers, set, register, verify };
  }
  const prior = (ran: Ran, parcel: string) => ran.of(parcel).checks['prior-farmland'];
  const replayOf = (ran: Ran) => replayRun({ database, config }, ran.run);

  it('takes the base year from the param, else the register, else the code', async () => {
    const { code, register, verify } = await county([
      { project: 1 },
      { project: 2 },
      { project: 3 },
      {},
      { project: '旧-1' },
    ]);
    const before = await verify();
    // by the code 2021 − 1: the survey of 2019, 50 m × 100 m
    expect(prior(before, 'p0')).toMatchObject({
      area_m2: expect.closeTo(5000, 2),
      base_year: 2020,
      base_year_source: 'code',
      year: 2019,
    });
    expect(prior(before, 'p4')).toMatchObject({ outcome: 'undetermined', reason: 'start-year-unknown' });
    expect(before.manifest).not.toHaveProperty('register');

    const stored = await register([
      project(code(1), { 立项日期: '2019-05-01' }),
      project(code(2), { 立项日期: null }),
      project('旧-1', { 立项日期: '2020年3月' }),
    ]);
    const ran = await verify();
    // p2, of a project that the register does not have, and p3, of none: p1 has an acceptance now
    expect(ran.summary.reused_count).toBe(2);
    // 2019 − 1: the survey of 2018, 20 m × 100 m
    expect(prior(ran, 'p0')).toMatchObject({
      area_m2: expect.closeTo(2000, 2),
      base_year: 2018,
      base_year_source: 'register',
      year: 2018,
    });
    // in the register without a start; not in it
    for (const parcel of ['p1', 'p2'])
      expect(prior(ran, parcel)).toMatchObject({
        area_m2: expect.closeTo(5000, 2),
        base_year: 2020,
        base_year_source: 'code',
      });
    expect(prior(ran, 'p3')).toMatchObject({ outcome: 'undetermined', reason: 'start-year-unknown' });
    expect(prior(ran, 'p4')).toMatchObject({ base_year: 2019, base_year_source: 'register', year: 2019 });
    expect(ran.manifest.register).toMatchObject({ register_id: stored.register_id, version_no: 1, project_count: 3 });
    expect(ran.manifest.evidence_sha256).not.toBe(before.manifest.evidence_sha256);

    const asked = await verify({ 'prior-farmland': { base_year: 2018 } });
    for (const parcel of ['p0', 'p1', 'p3', 'p4'])
      expect(prior(asked, parcel)).toMatchObject({
        area_m2: expect.closeTo(2000, 2),
        base_year: 2018,
        base_year_source: 'param',
      });
    expect((await replayOf(ran)).answer).toBe('equal');
  });

  it('cannot see the work of pending projects, nor of those accepted after the survey; a parcel that states its date goes by that', async () => {
    const { code, register, verify } = await county([
      { project: 1 },
      { project: 2 },
      { project: 3 },
      { project: 3, YSRQ: '2021-01-01' },
      { project: 2, YSRQ: '2021-01-01' },
    ]);
    await register([
      project(code(1)),
      project(code(2), { 状态: '待核定', 合格证编号: null, 验收日期: null }),
      project(code(3), { 验收日期: '2023-03-01' }),
    ]);
    const ran = await verify();
    const cultivated = (parcel: string) => {
      const { outcome, reason } = ran.of(parcel).checks['not-cultivated'];
      return reason ? `${outcome} ${reason}` : outcome;
    };
    expect(['p0', 'p1', 'p2', 'p3', 'p4'].map(cultivated)).toEqual([
      'pass',
      'undetermined layer-too-old',
      'undetermined layer-too-old',
      'pass',
      // pending whatever its date
      'undetermined layer-too-old',
    ]);
  });

  it('pins its version: a newer register changes nothing of a run, and is taken by the next; an older one or none can be asked for', async () => {
    const { here, code, set, layers, register, verify } = await county([{ project: 1 }, { project: 2 }]);
    const first = await register([project(code(1)), project(code(2))]);
    const ran = await verify();
    await register([
      project(code(1), { 立项日期: '2020-01-01' }),
      project(code(2), { '数量（公顷）': '1', '其中水田（公顷）': null, '产能（公斤）': null }),
    ]);
    expect(await replayOf(ran)).toMatchObject({ answer: 'equal', difference_count: 0 });
    const next = await verify();
    expect(next.manifest.register?.version_no).toBe(2);
    // 2020 − 1: 50 m. The other project's certified area decides no check: its parcel is taken over
    expect(prior(next, 'p0')).toMatchObject({ base_year: 2019, area_m2: expect.closeTo(5000, 2) });
    expect(next.summary.reused_count).toBe(1);
    const runOn = async (registerId: string | null) => {
      const { createRun } = await import('../../server/verification/create-run.ts');
      return createRun({ database, config }, { parcelSetIds: [set], layerIds: layers, earlierSetIds: [], registerId });
    };
    expect((await runOn(first.register_id)).manifest.register?.version_no).toBe(1);
    expect((await runOn(null)).manifest).not.toHaveProperty('register');
    await expect(runOn('00000000-0000-8000-8000-000000000000')).rejects.toMatchObject({ code: 'not-found' });
    expect(here.region).toBe(ran.run.region_code);
  });

  it('gives to the digit what a run that takes nothing over gives', async () => {
    const { here, code, set, layers, register, verify } = await county([
      { project: 1 },
      { project: 2 },
      { project: 1 },
      {},
    ]);
    await register([project(code(1))]);
    await verify();
    await register([project(code(1)), project(code(2), { 状态: '待核定' })]);
    const ran = await verify();
    expect(ran.summary.reused_count).toBe(3);
    const { executeRun } = await import('../../server/verification/run.ts');
    const { featuresOf } = await import('./small-runs.ts');
    for (const table of ['finding', 'piece', 'result'] as const)
      await database.db.deleteFrom(table).where('region_code', '=', here.region).execute();
    const full = await here.create({ sets: [set], layers });
    await executeRun({ database, config: { ...config, reuseResults: false } }, full);
    expect(await featuresOf(database, full)).toEqual(ran.features);
  });

  it('is named by a replay when a byte of it was changed, with what follows from it', async () => {
    const { here, code, register, verify } = await county([{ project: 1 }]);
    const { register_id } = await register([project(code(1))]);
    const ran = await verify();
    const change = (set: string) =>
      sql.raw(`update project set ${set} where region_code = '${here.region}'`).execute(database.db);
    await change(`project_name = '别的名称'`);
    const renamed = await replayOf(ran);
    expect(renamed).toMatchObject({ answer: 'different', difference_count: 1 });
    expect(renamed.differences[0]).toMatchObject({ register_id, name: 'register.csv', field: 'content_sha256' });
    await change(`project_name = '项目0001', started_on = '2020-05-01'`);
    const moved = await replayOf(ran);
    expect(moved.differences.map(({ check, field }) => `${check} ${field}`)).toContain(
      'prior-farmland detail.base_year',
    );
    expect(moved.differences[0]).toMatchObject({ register_id });
    await change(`started_on = '2019-05-01'`);
    expect((await replayOf(ran)).answer).toBe('equal');
    await sql.raw(`delete from project where region_code = '${here.region}'`).execute(database.db);
    await sql.raw(`delete from project_register where region_code = '${here.region}'`).execute(database.db);
    expect((await replayOf(ran)).differences[0]).toMatchObject({
      register_id,
      field: 'input',
      stored: 'ready',
      recomputed: null,
    });
  });

  it('is the cause that a diff gives, for the parcels it touches', async () => {
    const { here, code, register, verify } = await county([{ project: 1 }, { project: 2 }]);
    const before = await verify();
    const { register_id } = await register([project(code(1))]);
    const after = await verify();
    const asRun = async ({ run }: Ran) => {
      const row = await database.db
        .selectFrom('run')
        .select(['region_code', 'run_id', 'parcel_count', 'manifest'])
        .where('run_id', '=', run.run_id)
        .where('region_code', '=', here.region)
        .executeTakeFirstOrThrow();
      return { ...row, manifest: row.manifest as never };
    };
    const page = { after_place: 0, limit: 10 };
    const found = await diffRuns({ database, config }, await asRun(before), await asRun(after), page);
    expect(found.items.map(({ parcel_id }) => parcel_id)).toEqual(['p0']);
    expect(found.items[0]!.findings).toMatchObject([{ check: 'prior-farmland', causes: ['project-register'] }]);
    expect(found.items[0]!.causes).toEqual([{ cause: 'project-register', before: null, after: register_id }]);
  });
});
