import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { openDatabase, refuseOldPostgis, refuseOldPostgres } from '../../server/database/connect.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase('an open database', (open, kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  it('says its kind and the versions that a manifest must pin', () => {
    expect(database.kind).toBe(kind);
    for (const version of Object.values(database.engine)) expect(version).toMatch(/^\d+\.\d+/);
  });

  it('gives float8 as numbers with every digit, timestamps as dates, bytes as buffers', async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select 0.1::float8 + 0.2::float8 as sum, 1234567890.123456789::float8 as big, 'epoch'::timestamptz as t, '\\x00ff'::bytea as b,
             true as yes, 7::int4 as n, '{"a":1}'::jsonb as j`.execute(database.db);
    expect(rows[0]).toEqual({
      sum: 0.30000000000000004,
      big: 1234567890.1234567,
      t: new Date(0),
      b: Buffer.from([0, 255]),
      yes: true,
      n: 7,
      j: { a: 1 },
    });
  });

  it('answers many clients at once, each its own rows, though their parameters come in several reads', async () => {
    const ask = async (client: number, turn: number) => {
      const value = `${client}-${turn}`.padEnd(client % 2 === 0 ? 20 : 300_000, 'y');
      const { rows } = await database.pool.query(client % 2 === 0 ? 'select $1::text as a' : 'select $1::text as b', [
        value,
      ]);
      expect(Object.values(rows[0])[0] === value && (client % 2 === 0 ? 'a' : 'b') in rows[0]).toBe(true);
    };
    await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        for (let turn = 0; turn < 20; turn++) await ask(client, turn);
      }),
    );
  });

  it('keeps fifty read-modify-write transactions through the pool apart', async () => {
    await database.pool.query('create table counter (n int not null)');
    await database.pool.query('insert into counter values (0)');
    await Promise.all(
      Array.from({ length: 50 }, () =>
        database.db.transaction().execute(async (trx) => {
          const { rows } = await sql<{ n: number }>`select n from counter for update`.execute(trx);
          await sql`update counter set n = ${rows[0]!.n + 1}`.execute(trx);
        }),
      ),
    );
    const { rows } = await database.pool.query('select n from counter');
    expect(rows).toEqual([{ n: 50 }]);
  });

  it('rolls back the transaction of a client that vanishes', async () => {
    await database.pool.query('create table leftover (n int)');
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query('insert into leftover values (1)');
    const inside = client as unknown as { connection: { stream: { destroy(): void } } };
    client.on('error', () => {});
    inside.connection.stream.destroy();
    client.release(true);
    const { rows } = await database.pool.query('select count(*)::int as n from leftover');
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('knows the CGCS2000 zones and turns coordinates both ways', async () => {
    const { rows } = await database.pool.query(
      `select (select count(*)::int from spatial_ref_sys where srid between 4490 and 4554) as systems,
              ST_X(there) as x, ST_Y(there) as y, ST_X(back) as lon, ST_Y(back) as lat
       from (select ST_Transform(ST_SetSRID(ST_MakePoint(108.7, 28.8), 4490), 4524) as there) a,
            lateral (select ST_Transform(there, 4490) as back) b`,
    );
    const { systems, x, y, lon, lat } = rows[0];
    expect(systems).toBe(65);
    // zone 36 has its middle meridian at 108°: 36,500,000 plus about 68 km east; Krüger's series to n⁴, worked apart in Python
    expect(x).toBeCloseTo(36568339.035, 2);
    expect(y).toBeCloseTo(3187303.619, 2);
    expect(lon).toBeCloseTo(108.7, 9);
    expect(lat).toBeCloseTo(28.8, 9);
  });
});

describe('openDatabase', () => {
  it('says of a server that is not there where it looked, and keeps the password to itself', async () => {
    const error = await openDatabase({ databaseUrl: 'postgres://nobody:secret@/none?host=/nonexistent' }).catch(
      (thrown) => thrown,
    );
    expect(error.message).toContain('连不上 PostGIS 数据库 /nonexistent:5432/none');
    expect(error.message).not.toContain('secret');
  });

  it('refuses a server older than PostgreSQL 15 or PostGIS 3.3 in words, and takes those', () => {
    const words = (what: string) =>
      expect.objectContaining({
        code: 'validation',
        detail: expect.objectContaining({ zh: expect.stringContaining(what) }),
      });
    expect(thrownBy(() => refuseOldPostgres(140011, '14.11'))).toEqual(words('14.11'));
    expect(thrownBy(() => refuseOldPostgres(150000, '15.0'))).toBeUndefined();
    expect(thrownBy(() => refuseOldPostgis('3.2.9'))).toEqual(words('3.2.9'));
    expect(thrownBy(() => refuseOldPostgis('2.5.5'))).toEqual(words('2.5.5'));
    for (const taken of ['3.3.0', '3.10.1', '4.0.0dev'])
      expect(thrownBy(() => refuseOldPostgis(taken))).toBeUndefined();
  });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
