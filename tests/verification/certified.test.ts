/**
 * The parcels of a run against the certified figures of their projects. The case that started it: 53 projects with a 合格证, some 686 公顷,
 * and 14 not certified yet. Parcels are 100 × 100 m, one 公顷 each; the red line over the western w metres of one takes w × 100 m².
 */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveRegister } from '../../server/intake/register/receive-register.ts';
import { certifiedBalance } from '../../server/verification/certified.ts';
import { fileOf, removeFiles } from '../intake-receive/receiving.ts';
import { csv, project, type Row } from '../intake-receive/register-files.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, config, plot, SmallCounty } from './small-runs.ts';

removeFiles();

eachDatabase('parcels against certified areas', (open) => {
  let database: Database;
  let counties = 989000;
  beforeAll(async () => {
    database = await open();
  });
  const close = (value: number) => expect.closeTo(value, 2);
  const none = { certified: null, parcels: null, difference: null, deduct: null, remaining: null };

  interface Parcel {
    project?: string;
    /** m of its western side under the red line */
    red?: number;
    [attribute: string]: unknown;
  }
  async function balanceOf(
    rows: (code: (n: number) => string) => Row[] | null,
    parcels: (code: (n: number) => string) => Parcel[],
  ) {
    const here = new SmallCounty(database, String(++counties));
    const code = (n: number) => `${here.region}2021${String(n).padStart(4, '0')}`;
    const plots = parcels(code);
    // in rows of ten: further from the meridian a plane is no longer the ellipsoid to the square centimetre
    const strip = (i: number, width: number) => {
      const [x, y] = [200 * (i % 10), 200 * Math.floor(i / 10)];
      return box(x, y, x + width, y + 100);
    };
    const red = plots.flatMap(({ red: width = 0 }, i) => (width > 0 ? [plot(strip(i, width))] : []));
    const layer = await here.layer('eco-red-line', [plot(box(-500, 0, -400, 100)), ...red]);
    const set = await here.parcels(
      plots.map(({ project: XMBH, red: _, ...more }, i) =>
        plot(strip(i, 100), { DKBH: `p${i}`, ...(XMBH ? { XMBH } : {}), ...more }),
      ),
    );
    const registered = rows(code);
    if (registered)
      await receiveRegister(
        { database, config },
        { ...fileOf(csv(registered), 'register.csv'), regionCode: here.region },
      );
    const ran = await here.verify({ sets: [set], layers: [layer] });
    return certifiedBalance(database.db, ran.run, ran.manifest);
  }
  const pending = { 状态: '待核定', 合格证编号: null };

  it('of one project: filed, deducted and remaining 数量, 水田 and 产能 by hand', async () => {
    const { projects, totals, register } = await balanceOf(
      (code) => [project(code(1), { '数量（公顷）': '3', '其中水田（公顷）': '1', '产能（公斤）': '24000' })],
      (code) => [
        // 水田, 8,000 kg, 20 m of 100 under the red line: 2,000 m², 1,600 kg
        { project: code(1), red: 20, DLBM: '0101', 产能: 8000 },
        // 旱地, 6,000 kg, 50 m: 5,000 m², 3,000 kg; no blank tells codes apart
        { project: ` ${code(1)}　`, red: 50, DLBM: '0103', 产能: 6000 },
        { project: code(1), DLBM: '0103' },
      ],
    );
    expect(register).toMatchObject({ version_no: 1, file_name: 'register.csv' });
    expect(projects).toHaveLength(1);
    expect(projects[0]).toEqual({
      project_code: expect.stringMatching(/20210001$/),
      project_name: '项目0001',
      township: '钟多街道',
      status: 'certified',
      certificate_no: '合0001',
      parcel_count: 3,
      computed_area_m2: close(30_000),
      kept_unverified_area_m2: expect.any(Number),
      area_m2: {
        certified: 30_000,
        parcels: close(30_000),
        difference: close(0),
        deduct: close(7000),
        remaining: close(23_000),
      },
      paddy_m2: {
        certified: 10_000,
        parcels: close(10_000),
        difference: close(0),
        deduct: close(2000),
        remaining: close(8000),
      },
      capacity_kg: {
        certified: 24_000,
        parcels: 14_000,
        difference: 10_000,
        deduct: close(4600),
        remaining: close(19_400),
      },
      parcels_without_class: 0,
      parcels_without_capacity: 1,
      capacity_basis: 'parcels',
    });
    expect(totals.certified).toMatchObject({
      project_count: 1,
      deduction: { zh: '核减' },
      area_m2: { deduct: close(7000) },
    });
    expect(totals.pending).toMatchObject({ project_count: 0, deduction: { zh: '核定前扣除' }, area_m2: none });
  });

  it('deducts in the measure that was filed: net of 田坎 where a net figure was, never more than it', async () => {
    const { projects } = await balanceOf(
      (code) =>
        [1, 2].map((n) => project(code(n), { '数量（公顷）': '0.8', '其中水田（公顷）': '0', '产能（公斤）': '6400' })),
      (code) => [
        // 10,000 m² gross, 8,000 net: 2,500 gross are 2,000 net, a quarter of 6,400 kg
        { project: code(1), red: 25, XZMJ: 10_000, XZGDMJ: 8000 },
        { project: code(2), red: 100, XZMJ: 10_000, XZGDMJ: 8000 },
      ],
    );
    expect(projects.map((one) => one.area_m2)).toEqual([
      { certified: 8000, parcels: 8000, difference: 0, deduct: close(2000), remaining: close(6000) },
      { certified: 8000, parcels: 8000, difference: 0, deduct: close(8000), remaining: close(0) },
    ]);
    // no parcel says its class: a project without paddy loses none
    expect(projects[0]).toMatchObject({
      paddy_m2: { parcels: null, deduct: 0, remaining: 0 },
      parcels_without_class: 1,
    });
    // no parcel says its capacity: the certified one in the share that is deducted
    expect(projects[0]).toMatchObject({
      capacity_kg: { parcels: null, deduct: close(1600), remaining: close(4800) },
      capacity_basis: 'project',
    });
  });

  it('keeps certified, pending and unregistered apart, names projects without parcels, and says null where nobody knows', async () => {
    const { projects, totals } = await balanceOf(
      (code) => [
        project(code(1), { '数量（公顷）': '1', '其中水田（公顷）': null, '产能（公斤）': null }),
        project(code(2), { ...pending, '数量（公顷）': null, '其中水田（公顷）': null, '产能（公斤）': null }),
        project(code(3)),
      ],
      (code) => [{ project: code(1), red: 10 }, { project: code(2), red: 30 }, { project: code(9), red: 40 }, {}],
    );
    expect(projects.map(({ status, parcel_count }) => `${status} ${parcel_count}`)).toEqual([
      'certified 1',
      'certified 0',
      'pending 1',
      'unregistered 1',
      'unregistered 1',
    ]);
    expect(projects.at(-1)!.project_code).toMatch(/20210009$/);
    expect(projects.find(({ project_code }) => project_code === null)).toMatchObject({
      area_m2: { certified: null, deduct: 0 },
    });
    expect(projects[1]).toMatchObject({
      area_m2: { certified: 125_000, parcels: null, difference: null, deduct: null, remaining: null },
    });
    expect(projects[2]!.area_m2).toEqual({
      certified: null,
      parcels: close(10_000),
      difference: null,
      deduct: close(3000),
      remaining: null,
    });
    expect(projects[0]).toMatchObject({ paddy_m2: none, capacity_kg: none, capacity_basis: null });
    expect(totals).toMatchObject({
      certified: {
        project_count: 2,
        projects_without_parcels: 1,
        parcel_count: 1,
        area_m2: { certified: 135_000, deduct: close(1000), remaining: close(134_000) },
      },
      pending: {
        project_count: 1,
        parcel_count: 1,
        area_m2: { certified: null, deduct: close(3000), remaining: null },
      },
      unregistered: { project_count: 1, parcel_count: 2, deduction: null, area_m2: { deduct: close(4000) } },
    });
  });

  it('says unregistered of all where the county has no register', async () => {
    const { projects, register } = await balanceOf(
      () => null,
      (code) => [{ project: code(1) }],
    );
    expect(register).toBeNull();
    expect(projects).toMatchObject([{ status: 'unregistered', parcel_count: 1 }]);
  });

  it('of the county that started it: 53 certified projects of 686 公顷, 14 pending', async () => {
    // 53 projects: 52 of 12.9434 公顷 are 673.0568, one of 12.9432 makes 686.0000. 14 pending of 3 公顷 each: 42
    const { totals, projects } = await balanceOf(
      (code) => [
        ...Array.from({ length: 53 }, (_, i) =>
          project(code(i + 1), { '数量（公顷）': i < 52 ? '12.9434' : '12.9432' }),
        ),
        ...Array.from({ length: 14 }, (_, i) => project(code(i + 54), { ...pending, '数量（公顷）': '3' })),
      ],
      // of every project one parcel; of every other one 10 m under the red line: 34 of 67, 27 of them certified (1, 3, … 53)
      (code) => Array.from({ length: 67 }, (_, i) => ({ project: code(i + 1), red: i % 2 === 0 ? 10 : 0 })),
    );
    expect(projects).toHaveLength(67);
    expect(totals.certified).toMatchObject({
      project_count: 53,
      parcel_count: 53,
      projects_without_parcels: 0,
      area_m2: { certified: close(6_860_000), deduct: close(27 * 1000), remaining: close(6_833_000) },
      paddy_m2: { certified: 53 * 25_000 },
      capacity_kg: { certified: 53 * 93_750 },
    });
    expect(totals.pending).toMatchObject({
      project_count: 14,
      parcel_count: 14,
      area_m2: { certified: close(420_000), deduct: close(7 * 1000), remaining: close(413_000) },
    });
  });
});
