import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { openDatabase } from '../../server/database/connect.ts';
import { migrate, readSqlTexts, type SqlText } from '../../server/database/migrate.ts';
import { eachDatabase, freshPlace, onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';

const texts = readSqlTexts();

function text(name: string, sql: string): SqlText {
  return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
}

const conflict = (words: string) => ({ code: 'conflict', detail: { zh: expect.stringContaining(words) as string } });

eachDatabase('migrating', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const names = async () =>
    (await database.pool.query('select name from schema_migration order by name')).rows.map((row) => row.name);

  it('does nothing to a database that is up to date', async () => {
    expect(await migrate(database)).toEqual({ applied: [] });
    expect(await names()).toEqual([...texts.migrations.map((one) => one.name), 'functions'].sort());
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const [first, ...others] = texts.migrations;
    const edited = { ...texts, migrations: [text(first!.name, `${first!.sql}\n-- changed`), ...others] };
    await expect(migrate(database, edited)).rejects.toMatchObject(conflict('改动'));
  });

  it('refuses, in words, a database that a newer program has migrated', async () => {
    await expect(migrate(database, { ...texts, migrations: texts.migrations.slice(0, -1) })).rejects.toMatchObject(
      conflict('比本程序新'),
    );
  });

  it('refuses a new migration that is numbered below an applied one', async () => {
    const late = { ...texts, migrations: [text('0000_late', 'create table late (n int)'), ...texts.migrations] };
    await expect(migrate(database, late)).rejects.toMatchObject(conflict('编号'));
    expect(await names()).not.toContain('0000_late');
  });

  it('leaves everything as it was when a migration fails half-way', async () => {
    const broken = text('9998_broken', 'create table half_made (n int); insert into half_made select 1 / 0');
    await expect(migrate(database, { ...texts, migrations: [...texts.migrations, broken] })).rejects.toMatchObject({
      code: '22012',
    });
    expect((await database.pool.query(`select to_regclass('half_made') as made`)).rows).toEqual([{ made: null }]);
    expect(await names()).not.toContain('9998_broken');
  });

  it('makes functions anew when their text changes, even where the result type does', async () => {
    const withFunction = (sql: string) => ({ ...texts, functions: [...texts.functions, text('answer-of', sql)] });
    const give = async () => (await database.pool.query('select answer_of() as answer')).rows[0].answer;
    const one = 'create or replace function answer_of() returns int language sql as $$ select 41 $$';
    expect(await migrate(database, withFunction(one))).toEqual({ applied: ['functions'] });
    expect(await give()).toBe(41);
    expect(await migrate(database, withFunction(one))).toEqual({ applied: [] });
    const other = `create or replace function answer_of() returns text language sql as $$ select 'forty-two' $$`;
    expect(await migrate(database, withFunction(other))).toEqual({ applied: ['functions'] });
    expect(await give()).toBe('forty-two');
  });
});

onDatabase('embedded', 'a migration of the embedded database', () => {
  it('keeps a copy of the folder as it was before', async () => {
    const dataDir = await freshPlace('embedded');
    const changed = { ...texts, migrations: [...texts.migrations, text('9999_more', 'create table more (n int)')] };
    const database = await openDatabase({ dataDir });
    expect(await migrate(database, changed)).toEqual({ applied: ['9999_more'] });
    await database.close();
    const restored = mkdtempSync(join(tmpdir(), 'zhanbu-restored-'));
    renameSync(join(dataDir, 'postgis.before-9999_more'), join(restored, 'postgis'));
    const before = await openDatabase({ dataDir: restored });
    expect(
      (await before.pool.query(`select to_regclass('more') as more, to_regclass('parcel')::text as parcel`)).rows,
    ).toEqual([{ more: null, parcel: 'parcel' }]);
    await before.close();
    rmSync(restored, { recursive: true });
  });
});

requirePart('postgis')('two processes that migrate one server at once', () => {
  it('take turns: one applies everything, the other finds it done', async () => {
    const databaseUrl = await freshPlace('postgis');
    const both = await Promise.all([openDatabase({ databaseUrl }), openDatabase({ databaseUrl })]);
    await both[0].pool.query('drop schema public cascade; create schema public; create extension postgis');
    const results = await Promise.all(both.map((database) => migrate(database)));
    await Promise.all(both.map((database) => database.close()));
    expect(results.map((result) => result.applied.length).sort()).toEqual([0, texts.migrations.length + 1]);
  });
});
