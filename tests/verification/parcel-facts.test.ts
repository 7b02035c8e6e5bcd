/** What makes a parcel another one for the next run (migration 0009): each fact alone, and all that a chunk asks of a parcel. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { sqlFolder } from '../../server/database/sql-file.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, SmallCounty } from './small-runs.ts';

removeFiles();

/** by column, what it is changed to: nothing and an empty text are two things, and a figure changes with its last bit */
const changes: [string, string][] = [
  ['project_code', `'50024220200002'`],
  ['project_code', `''`],
  ['project_name', `'乙'`],
  ['project_name', `''`],
  ['township', `'丙镇'`],
  ['plot_type', `'新增'`],
  ['accepted_on', `date '2021-03-02'`],
  ['pending', 'not pending'],
  ['declared_area_m2', '10000.000000000002'],
  ['declared_area_m2', 'null'],
  ['declared_net_m2', '0'],
  ['faults', `'[{"code": "thin"}]'`],
  ['geometry_hash', `md5('another')`],
  ['area_m2', 'area_m2 * (1 + 2.3e-16)'],
];

eachDatabase('the facts of a parcel', (open) => {
  let database: Database;
  let set: string;
  beforeAll(async () => {
    database = await open();
    const attributes = { DKBH: 'a', XMBH: '50024220200001', DKMJ: 10_000 };
    set = await new SmallCounty(database, '996711').parcels([plot(box(0, 0, 100, 100), attributes)]);
  });
  const factsOf = async () =>
    (
      await database.pool.query<{ facts: string }>(
        `select encode(facts, 'hex') as facts from parcel where region_code = '996711' and parcel_set_id = $1`,
        [set],
      )
    ).rows[0]!.facts;

  it.each(changes)('are others with another %s (%s), and the same again when it is put back', async (column, value) => {
    const before = await factsOf();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    const put = (text: string) =>
      database.pool.query(`update parcel set ${column} = ${text} where parcel_set_id = $1`, [set]);
    const { rows } = await database.pool.query<{ was: string | null }>(
      `select quote_nullable(${column}::text) as was from parcel where parcel_set_id = $1`,
      [set],
    );
    await put(value);
    expect(await factsOf()).not.toBe(before);
    await put(rows[0]!.was!);
    expect(await factsOf()).toBe(before);
  });

  it('do not hang on what a session prints', async () => {
    // they are made anew where a fact is written, be it the same
    const write = `update parcel set accepted_on = date '2021-03-02', declared_net_m2 = 1.0 / 3, faults = '[{"lon": 108.123456789012}]', area_m2 = area_m2
                   where parcel_set_id = $1`;
    await database.pool.query(write, [set]);
    const before = await factsOf();
    await database.pool.query('update parcel set area_m2 = area_m2 + 1, declared_net_m2 = 0 where parcel_set_id = $1', [
      set,
    ]);
    expect(await factsOf()).not.toBe(before);
    await database.pool.query('update parcel set area_m2 = area_m2 - 1 where parcel_set_id = $1', [set]);
    const client = await database.pool.connect();
    try {
      await client.query(`set extra_float_digits = -10; set datestyle = 'German'; set bytea_output = 'escape'`);
      await client.query(write, [set]);
    } finally {
      await client.query(`set extra_float_digits = 1; set datestyle = 'ISO'; set bytea_output = 'hex'`);
      client.release();
    }
    expect(await factsOf()).toBe(before);
  });

  it('hold all that a chunk asks of its own parcels and of those beside them', () => {
    const key = ['region_code', 'parcel_set_id', 'ordinal', 'parcel_id'];
    // a shape is told by its hash; whether an earlier set files a parcel is asked of both runs
    const told = ['geom', 'client_id'];
    const asked = ['chunk-parcels', 'chunk-neighbours', 'chunk-twins'].flatMap((name) =>
      [...readFileSync(join(sqlFolder, `queries/${name}.sql`), 'utf8').matchAll(/\b(?:p|q)\.(\w+)/g)].map(
        ([, column]) => column!,
      ),
    );
    expect(asked).toContain('declared_net_m2');
    const facts = new Set(changes.map(([column]) => column));
    expect(
      [...new Set(asked)].filter((column) => !key.includes(column) && !told.includes(column) && !facts.has(column)),
    ).toEqual([]);
  });
});
