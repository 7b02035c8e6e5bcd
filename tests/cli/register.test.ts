/** `register`, `register-template`, `projects`, and `verify --register`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plots, redLine } from '../http/county.ts';
import { csv, project } from '../intake-receive/register-files.ts';
import { onDatabase } from '../support/databases.ts';
import { command, Desk, onFreshServer } from './command.ts';

const pending = { 状态: '待核定', 合格证编号: null };
const rows = () => [
  project('50024220210001', { 立项日期: '2018-03-01', '数量（公顷）': '3.2' }),
  project('50024220210002', pending),
];

onDatabase('postgis', 'verify with a register', () => {
  const desk = new Desk();

  it('takes the base year from it, pins it and writes the parcels against what is certified', async () => {
    const out = desk.out();
    const { code, stderr } = await command(
      'verify',
      ...['--parcels', desk.file('parcels.geojson', plots(6))],
      ...['--layer', `eco-red-line=${desk.file('red.geojson', redLine)}`],
      ...['--register', desk.file('register.csv', csv(rows(), 'gbk'))],
      ...['--out', out, ...(await onFreshServer())],
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('register.csv: 1 certified, 1 pending projects');
    const read = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8'));
    expect(read('manifest.json').register).toMatchObject({
      version_no: 1,
      project_count: 2,
      file_name: 'register.csv',
    });
    const [first] = read('verdicts.geojson').features;
    expect(first.properties.checks['prior-farmland']).toMatchObject({ base_year: 2017, base_year_source: 'register' });
    const balance = read('projects.json');
    expect(balance.totals.certified).toMatchObject({
      project_count: 1,
      parcel_count: 3,
      area_m2: { certified: 32_000 },
    });
    // all of one and half of another of three equal plots
    expect(balance.projects[0].area_m2.deduct / balance.projects[0].area_m2.parcels).toBeCloseTo(0.5, 4);
  });

  it('ends with 2 and the fault by row and column where the register is wrong, and verifies nothing', async () => {
    const out = desk.out();
    const { code, problem } = await command(
      'verify',
      ...['--parcels', desk.file('p.geojson', plots(1))],
      ...['--register', desk.file('bad.csv', csv([project('50024220210001', { 状态: '?' })]))],
      ...['--out', out, ...(await onFreshServer())],
    );
    expect([code, problem]).toMatchObject([
      2,
      {
        code: 'validation',
        where: {
          file: 'bad.csv',
          row: 2,
          faults: [{ row: 2, column: 'L', message: expect.stringMatching(/^第 2 行 L 列“状态”/) }],
        },
      },
    ]);
    expect(existsSync(join(out, 'verdicts.csv'))).toBe(false);
  });
});

onDatabase('postgis', 'the commands of the register', () => {
  const desk = new Desk();

  it('write a template, take it filled in, and set a run against it', async () => {
    const database = await onFreshServer();
    const template = join(desk.folder, 'template.csv');
    const written = await command('register-template', '--out', template, '--unit', 'ha');
    expect(written.code, written.stderr).toBe(0);
    const filled = desk.file(
      'filled.csv',
      Buffer.concat([readFileSync(template), csv(rows()).subarray(csv([]).length)]),
    );
    const dry = await command('register', '--file', filled, '--dry-run', ...database);
    expect(JSON.parse(dry.stdout)).toMatchObject({ version_no: null, project_count: 2 });
    const taken = await command('register', '--file', filled, ...database);
    expect(JSON.parse(taken.stdout)).toMatchObject({
      region_code: '500242',
      version_no: 1,
      certified_count: 1,
      pending_count: 1,
    });
    const again = await command('register', '--file', filled, ...database);
    expect(JSON.parse(again.stdout)).toMatchObject({ version_no: 1, existing: true });

    const parcels = desk.file('parcels.geojson', plots(6));
    const verified = await command('verify', '--parcels', parcels, '--out', desk.out(), ...database);
    expect(verified.code, verified.stderr).toBe(0);
    const { openDatabase } = await import('../../server/database/connect.ts');
    const { db, close } = await openDatabase({ databaseUrl: database[1]! });
    const { run_id } = await db.selectFrom('run').select('run_id').executeTakeFirstOrThrow();
    await close();
    const balance = await command('projects', '--run', run_id, ...database);
    expect(JSON.parse(balance.stdout)).toMatchObject({
      run_id,
      register: { version_no: 1, file_name: 'filled.csv' },
      totals: {
        certified: { deduction: '核减', parcel_count: 3 },
        pending: { deduction: '核定前扣除', parcel_count: 3 },
      },
    });
    const unknown = await command('projects', '--run', 'x', ...database);
    expect([unknown.code, unknown.problem]).toMatchObject([2, { code: 'not-found' }]);
    const wrong = await command('register', '--file', filled, '--unit', 'acre', ...database);
    expect([wrong.code, wrong.problem]).toMatchObject([2, { code: 'validation', where: { field: '--unit' } }]);
    const name = await command('register-template', '--out', 'template.doc');
    expect([name.code, name.problem]).toMatchObject([2, { code: 'validation', where: { field: '--out' } }]);
  });
});
