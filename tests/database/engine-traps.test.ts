/**
 * Shapes of trap that the embedded engine swallows: each must come out as an error, with its transaction gone, and the next
 * statement right. Run on every upgrade of pglite.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { asAppError, isConnectionLost, isEngineTrap, isWorthRetry } from '../../server/database/connect.ts';
import { AppError } from '../../server/errors.ts';
import { onDatabase } from '../support/databases.ts';

const bowTie = `'SRID=4490;POLYGON((0 0,1 1,1 0,0 1,0 0))'::geometry`;
const square = `'SRID=4490;POLYGON((0 0,1 0,1 1,0 1,0 0))'::geometry`;
const overlay = `select ST_Area(ST_Intersection(${bowTie}, ${square})) as area`;
const deepJson = `select (repeat('[', 100000) || repeat(']', 100000))::jsonb as deep`;

onDatabase('embedded', 'an engine that traps', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await database.pool.query('create table witness (n int not null)');
    await database.pool.query('insert into witness values (1)');
    const head = 'create function overlay_m2(g geometry) returns float8 volatile language sql as';
    await database.pool.query(`${head} $$ select ST_Area(ST_Intersection(g, ${square})) $$`);
    await database.pool.query(
      `create function guarded_m2(g geometry) returns float8 language plpgsql as $$ begin return ST_Area(ST_Intersection(g, ${square})); end $$`,
    );
  });

  async function trapOf(work: () => Promise<unknown>): Promise<unknown> {
    const startsBefore = database.embedded!.starts();
    const error = await work().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // the very next statement, without a pause, is answered and right
    const { rows } = await database.pool.query('select n from witness');
    expect(rows).toEqual([{ n: 1 }]);
    expect(database.embedded!.starts()).toBe(startsBefore + 1);
    return error;
  }

  const query = (text: string, values?: unknown[]) => () => database.pool.query(text, values);
  const shapes: [string, () => Promise<unknown>][] = [
    ['a bow-tie in ST_Intersection, as a simple query', query(overlay)],
    [
      'the same with parameters',
      query('select ST_Area(ST_Intersection($1::geometry, $2::geometry)) as area', [bow(), whole()]),
    ],
    ['a bow-tie inside a SQL function', query(`select overlay_m2(${bowTie})`)],
    ['a bow-tie inside a plpgsql function', query(`select guarded_m2(${bowTie})`)],
    ['a jsonb 100,000 deep', query(deepJson)],
    ['a bow-tie in ST_Union', query(`select ST_Area(ST_Union(${bowTie}, ST_Translate(${bowTie}, 0.3, 0.3)))`)],
    [
      'a bow-tie in ST_Difference inside an update',
      query(`update witness set n = ST_NPoints(ST_Difference(${bowTie}, ${square}))`),
    ],
    [
      'a bow-tie behind a statement that succeeded, in one simple query',
      query(`insert into witness values (2); ${overlay}`),
    ],
    [
      'a bow-tie inside plpgsql that swallows exceptions',
      query(`do $$ begin perform ST_Intersection(${bowTie}, ${square}); exception when others then null; end $$`),
    ],
    [
      'a bow-tie inside a plpgsql block, where it looks like a function without return',
      query(`do $$ begin perform ST_Intersection(${bowTie}, ${square}); end $$`),
    ],
    [
      'a bow-tie in a kysely transaction',
      () =>
        database.db.transaction().execute(async (trx) => {
          const { sql } = await import('kysely');
          await sql`insert into witness values (3)`.execute(trx);
          await sql.raw(overlay).execute(trx);
        }),
    ],
  ];
  for (const [shape, work] of shapes) {
    it(`answers ${shape} with XX000, keeps nothing of it and starts again`, async () => {
      const error = await trapOf(work);
      expect(error).toMatchObject({ code: 'XX000' });
      expect(isEngineTrap(error)).toBe(true);
      expect(isWorthRetry(error)).toBe(true);
    });
  }

  it('cannot be committed over: the transaction around a trap is gone, whatever the client says next', async () => {
    const client = await database.pool.connect();
    client.on('error', () => {});
    const error = await trapOf(async () => {
      await client.query('begin');
      await client.query('insert into witness values (4)');
      try {
        await client.query(overlay);
      } catch (trap) {
        await expect(client.query('commit')).rejects.toSatisfy(isEngineTrap);
        client.release(true);
        throw trap;
      }
    });
    expect(isEngineTrap(error)).toBe(true);
  });

  it('drops the other clients too, whose work was lost with the session, and never answers them wrongly', async () => {
    const others = Array.from({ length: 6 }, async () => {
      for (let turn = 0; turn < 30; turn++) {
        try {
          const { rows } = await database.pool.query('select n, $1::int as turn from witness', [turn]);
          expect(rows).toEqual([{ n: 1, turn }]);
        } catch (error) {
          expect(isConnectionLost(error) || isEngineTrap(error)).toBe(true);
        }
      }
    });
    await expect(database.pool.query(overlay)).rejects.toSatisfy(isEngineTrap);
    await Promise.all(others);
    expect((await database.pool.query('select n from witness')).rows).toEqual([{ n: 1 }]);
  });

  it('raises no false alarm on ordinary, empty, failing and unusual statements', async () => {
    const startsBefore = database.embedded!.starts();
    const fine = [
      ['select 1 as one where $1', [false]],
      [''],
      ['-- nothing'],
      ['select 1; select 2; '],
      ['create table if not exists passing (a int primary key, g geometry(Polygon, 4490)); drop table passing'],
      ['do $$ begin raise notice $n$seen$n$; end $$'],
      ['do $$ begin perform 1 / 0; exception when division_by_zero then null; end $$'],
      ["set local work_mem = '8MB'"],
      ['values ($1::int), ($2::int)', [1, 2]],
      ['explain select * from witness'],
      [`select ST_IsValid(${bowTie}), ST_IsValidReason(${bowTie})`],
      [`select ST_AsText(ST_Intersection(ST_MakeValid(${bowTie}, 'method=structure keepcollapsed=false'), ${square}))`],
      ['vacuum witness'],
      ['copy witness to stdout'],
      [`select (repeat('[', 1000) || repeat(']', 1000))::jsonb`],
      [`select ${'1 + '.repeat(500)}1`],
      [`select guarded_m2(${square})`],
    ] as [string, unknown[]?][];
    for (const [text, values] of fine) await database.pool.query(text, values);
    const failing: [string, string, unknown[]?][] = [
      ['select 1 / $1::int', '22012', [0]],
      ['selekt', '42601'],
      [`select ${'1 + '.repeat(5000)}1`, '54001'],
      ['select * from nowhere', '42P01'],
      ['select $1::int', '22P02', ['x']],
      ["select ST_GeomFromText('POLYGON((0 0,1')", 'XX000'],
      ['insert into witness values (null)', '23502'],
      ['do $$ begin raise exception $e$own$e$; end $$', 'P0001'],
      [
        `select ST_Intersection(ST_SetSRID('POINT(0 0)'::geometry, 4490), ST_SetSRID('POINT(0 0)'::geometry, 4524))`,
        'XX000',
      ],
      ["select ST_Transform('SRID=999999;POINT(0 0)'::geometry, 4490)", 'XX000'],
      [`select repeat('x', 1200000000)`, '54000'],
    ];
    for (const [text, code, values] of failing) {
      const error = await database.pool.query(text, values).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, text).toMatchObject({ code });
      expect(isEngineTrap(error), text).toBe(false);
    }
    expect(database.embedded!.starts()).toBe(startsBefore);
    expect((await database.pool.query('select n from witness')).rows).toEqual([{ n: 1 }]);
  });

  it('ends an extended query that failed once only, so that the next one is not taken for empty', async () => {
    const client = await database.pool.connect();
    const results: PromiseSettledResult<unknown>[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const text = turn % 2 === 0 ? 'select 1 / $1::int as x' : 'select $1::int as x';
      results.push(...(await Promise.allSettled([client.query(text, [turn % 2])])));
    }
    client.release();
    for (const [turn, result] of results.entries()) {
      if (turn % 2 === 0) expect(result).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
      else expect(result).toMatchObject({ status: 'fulfilled', value: { rows: [{ x: 1 }] } });
    }
  });

  it('is as good after two thousand failing statements as before', async () => {
    const startsBefore = database.embedded!.starts();
    for (let turn = 0; turn < 2000; turn++) {
      await expect(database.pool.query('select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
    }
    expect((await database.pool.query('select n from witness')).rows).toEqual([{ n: 1 }]);
    expect(database.embedded!.starts()).toBe(startsBefore);
  });

  it('refuses COPY FROM STDIN, which it cannot do, without harm', async () => {
    await expect(database.pool.query('copy witness from stdin')).rejects.toThrow();
    expect((await database.pool.query('select n from witness')).rows).toEqual([{ n: 1 }]);
  });

  it('refuses named statements, which clients of one session would take from each other, and goes on serving', async () => {
    const named = database.pool.query({ name: 'mine', text: 'select n from witness where n = $1', values: [1] });
    await expect(named).rejects.toMatchObject({ code: '0A000' });
    expect((await database.pool.query('select n from witness where n = $1', [1])).rows).toEqual([{ n: 1 }]);
  });
});

onDatabase('postgis', 'a real server', (open) => {
  it('answers the same shapes right or with an ordinary error, which is no engine trap', async () => {
    const database = await open();
    const error = await database.pool.query(overlay).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(isEngineTrap(error)).toBe(false);
    await expect(database.pool.query(deepJson)).rejects.toMatchObject({ code: '54001' });
  });
});

describe('the error a caller sees', () => {
  it('names an engine trap by its code, in words, without the database text', () => {
    const trap = Object.assign(new Error('engine-trap: left its main loop'), {
      code: 'XX000',
      routine: 'engine_guard',
    });
    const seen = asAppError(trap);
    expect(seen).toBeInstanceOf(AppError);
    expect((seen as AppError).code).toBe('engine-trap');
    expect((seen as AppError).detail.zh).toContain('请重试');
    expect((seen as AppError).detail.en).not.toContain('main loop');
    expect(isEngineTrap(seen)).toBe(true);
  });

  it('leaves any other error as it is, a GEOS error of a real server among them', () => {
    const other = Object.assign(new Error('GEOS Error: TopologyException'), {
      code: 'XX000',
      routine: 'errorMissingRTE',
    });
    expect(isEngineTrap(other)).toBe(false);
    expect(asAppError(other)).toBe(other);
  });
});

function bow(): string {
  return 'SRID=4490;POLYGON((0 0,1 1,1 0,0 1,0 0))';
}

function whole(): string {
  return 'SRID=4490;POLYGON((0 0,1 0,1 1,0 1,0 0))';
}
