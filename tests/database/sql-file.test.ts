import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { listSqlFiles, sqlFile, sqlFolder } from '../../server/database/sql-file.ts';
import { countStatements, numberParameters, orderValues } from '../../server/database/sql-parameters.ts';
import { eachDatabase } from '../support/databases.ts';

describe('parameters by name', () => {
  it.each([
    ['select :a, :b, :a', 'select $1, $2, $1', ['a', 'b']],
    ['select :a::int[], now()::timestamptz', 'select $1::int[], now()::timestamptz', ['a']],
    [`select ':a', 'it''s :a', :a`, `select ':a', 'it''s :a', $1`, ['a']],
    [`select E'\\':a', e'\\\\', :a`, `select E'\\':a', e'\\\\', $1`, ['a']],
    [`select ":a", "q"":a" from t where x = :x_1`, `select ":a", "q"":a" from t where x = $1`, ['x_1']],
    ['-- :a says\nselect :b -- :c\n', '-- :a says\nselect $1 -- :c\n', ['b']],
    ['select /* :a\n */ :b', 'select /* :a\n */ $1', ['b']],
    ['select $$ :a $$, $t$ :b $$ $t$, :c', 'select $$ :a $$, $t$ :b $$ $t$, $1', ['c']],
    ['select f(x := :a)', 'select f(x := $1)', ['a']],
    [`select '中文:甲', :a`, `select '中文:甲', $1`, ['a']],
    ['select 1', 'select 1', []],
  ])('%j becomes %j', (given, text, names) => {
    expect(numberParameters(given)).toEqual({ text, names });
  });

  it('throws over a missing and a surplus value, and lets null be said as null', () => {
    expect(() => orderValues('f', ['a', 'b'], { a: 1 })).toThrow('parameter missing: b');
    expect(() => orderValues('f', ['a'], { a: undefined })).toThrow('parameter missing: a');
    expect(() => orderValues('f', ['a'], { a: 1, c: 2 })).toThrow('no such parameter: c');
    expect(orderValues('f', ['b', 'a'], { a: null, b: 2 })).toEqual([2, null]);
  });

  it('counts statements, whatever quotes, comments and bodies hold', () => {
    expect(countStatements(`-- a; b\nselect ';' as x, $$ a; b; $$ /* ; */`)).toBe(1);
    expect(countStatements('select 1;')).toBe(1);
    expect(countStatements('select 1; select 2')).toBe(2);
  });
});

/** HOUSE §3: what a result column may be, so that both databases and the driver give one TypeScript type for it. */
const columnTypes = ['bool', 'int4', 'float8', 'text', 'uuid', 'timestamptz', 'jsonb', 'bytea', 'void'];

eachDatabase('every SQL file', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const statements = [...listSqlFiles('queries')];

  it.each(statements)('sql/%s.sql is accepted, and its columns are of the few types allowed', async (name) => {
    for (const { name: column, type } of await describeStatement(database, sqlFile(name).text)) {
      expect(columnTypes, `column ${column}`).toContain(type);
    }
  });
});

/** Parse and Describe without Execute: what the server makes of the statement, and its result columns by type name. */
async function describeStatement(database: Database, text: string): Promise<{ name: string; type: string }[]> {
  const client = await database.pool.connect();
  const { connection } = client as unknown as { connection: Wire };
  try {
    const fields = await new Promise<{ name: string; dataTypeID: number }[]>((resolve, reject) => {
      client.query({
        submit() {
          connection.parse({ text, name: '', types: [] });
          connection.describe({ type: 'S', name: '' });
          connection.sync();
        },
        handleRowDescription: (message: { fields: { name: string; dataTypeID: number }[] }) => {
          found = message.fields;
        },
        handleError: reject,
        handleReadyForQuery: () => resolve(found),
      } as unknown as pg.Submittable);
      let found: { name: string; dataTypeID: number }[] = [];
    });
    const oids = fields.map((field) => field.dataTypeID);
    const { rows } = await client.query(
      'select oid::int, typname::text as type from pg_type where oid = any($1::oid[])',
      [oids],
    );
    const names = new Map(rows.map((row) => [row.oid as number, row.type as string]));
    return fields.map((field) => ({ name: field.name, type: names.get(field.dataTypeID) ?? '?' }));
  } finally {
    client.release();
  }
}

/** pg's own connection, by which a statement can be described alone */
interface Wire {
  parse(query: { text: string; name: string; types: number[] }): void;
  describe(message: { type: 'S' | 'P'; name: string }): void;
  sync(): void;
}

describe('the files under sql/', () => {
  it.each(listSqlFiles())('%s is one statement and begins with a comment', (name) => {
    const text = readFileSync(join(sqlFolder, `${name}.sql`), 'utf8');
    expect(text).toMatch(/^-- \S/);
    // those of distributed/ are scripts for psql
    if (!/^(migrations|distributed)\//.test(name)) expect(countStatements(text)).toBe(1);
  });
});

eachDatabase('a statement from a file', (open) => {
  it('gets each text of an array as it is, whatever it holds', async () => {
    const { pool } = await open();
    const texts = [
      '',
      'NULL',
      'null',
      'a,b',
      '{}',
      '"',
      '\\',
      '\\"\\n',
      'a\nb\tc\r',
      '\u0001\u001f\u007f',
      '中文，“引号”',
      '𠮷\\"',
      '{"DLMC": "旱\\"地\\\\"}',
      ' a ',
    ];
    const [literal] = orderValues('f', ['texts'], { texts: [...texts, null] });
    const { rows } = await pool.query('select to_jsonb($1::text[]) as texts', [literal]);
    expect(rows[0].texts).toEqual([...texts, null]);
    const hex = await pool.query(
      `select encode(convert_to(t, 'UTF8'), 'hex') as hex from unnest($1::text[]) t where t is not null`,
      [literal],
    );
    expect(hex.rows.map((row) => row.hex)).toEqual(texts.map((text) => Buffer.from(text).toString('hex')));
  });

  it('runs inside the transaction it is given, and is undone with it', async () => {
    const database = await open();
    const [name] = listSqlFiles('queries');
    expect(name).toBeDefined();
    await expect(
      database.db.transaction().execute(async (trx) => {
        await sql`insert into region (region_code) values ('999999')`.execute(trx);
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    expect(
      await database.db.selectFrom('region').select('region_code').where('region_code', '=', '999999').execute(),
    ).toEqual([]);
  });
});
