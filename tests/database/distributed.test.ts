/**
 * What makes the schema fit to be distributed by county (sql/distributed): every key carries region_code, every table has its place, and no
 * statement of a run leaves its county. The last is read off the texts: every mention of a distributed table must be tied to :region_code,
 * by itself or through others. It says nothing of how Citus plans them, which can be seen only there.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { sqlFolder } from '../../server/database/sql-file.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { SmallCounty } from '../verification/small-runs.ts';
import { layersUnder, manyParcels } from '../verification/thousand.ts';

removeFiles();

const read = (name: string) => readFileSync(join(sqlFolder, name), 'utf8');
const distribute = read('distributed/1-distribute.sql');
const named = (pattern: RegExp) => [...distribute.matchAll(pattern)].map((match) => match[1]!);
const distributed = named(/create_distributed_table\('(\w+)', 'region_code'/g);
const reference = named(/create_reference_table\('(\w+)'\)/g);
const local = named(/^-- stays local on the coordinator: (.*)$/gm).flatMap((names) => names.split(', '));

eachDatabase('a schema to be distributed', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await database.pool.query(read('distributed/2-foreign-keys.sql'));
  });
  const rows = async <Row>(text: string) => (await database.pool.query(text)).rows as Row[];

  it('has every table in one list: distributed, reference or local', async () => {
    const tables = await rows<{ name: string }>(
      `select c.relname as name from pg_class c
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
         and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    );
    expect([...distributed, ...reference, ...local].sort()).toEqual(tables.map(({ name }) => name).sort());
    expect(distributed.length).toBeGreaterThan(10);
  });

  it('carries region_code in every primary key, unique index and foreign key of a distributed table, on both sides', async () => {
    const keys = await rows<{
      name: string;
      table: string;
      columns: string[];
      other: string[] | null;
      refers: string | null;
    }>(
      `select c.conname as name, c.conrelid::regclass::text as table, c.confrelid::regclass::text as refers,
         (select array_agg(a.attname::text order by k.place) from unnest(c.conkey) with ordinality k (no, place)
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.no) as columns,
         (select array_agg(a.attname::text order by k.place) from unnest(c.confkey) with ordinality k (no, place)
          join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.no) as other
       from pg_constraint c where c.contype in ('p', 'u', 'f') and c.connamespace = 'public'::regnamespace
       union all
       select i.indexrelid::regclass::text, i.indrelid::regclass::text, null,
         (select array_agg(a.attname::text order by a.attnum) from pg_attribute a where a.attrelid = i.indexrelid), null
       from pg_index i join pg_class c on c.oid = i.indrelid where i.indisunique and c.relnamespace = 'public'::regnamespace`,
    );
    const ours = keys.filter(({ table }) => distributed.includes(table));
    expect(ours.filter(({ refers }) => refers !== null && refers !== '-').length).toBeGreaterThan(10);
    const wrong = ours.filter(
      ({ columns, other, refers }) =>
        columns[0] !== 'region_code' ||
        (other !== null && (other[0] !== 'region_code' || !distributed.includes(refers!))),
    );
    expect(wrong).toEqual([]);
    for (const table of distributed)
      expect(
        ours.some((key) => key.table === table),
        table,
      ).toBe(true);
    // a local table may not refer to a distributed one
    expect(
      keys.filter(({ table, refers }) => !distributed.includes(table) && distributed.includes(refers ?? '')),
    ).toEqual([]);
  });

  it('bears its foreign keys through intake and a run', async () => {
    const here = new SmallCounty(database, '996301');
    const layers = await layersUnder(here);
    const { summary } = await here.verify({ sets: [await here.parcels(manyParcels(4, 40))], layers });
    expect(summary.parcel_count).toBe(40);
  });
});

/** Mentions of distributed tables in a statement that nothing ties to :region_code; a name used twice has to be tied twice. */
export function untied(sql: string): string[] {
  const text = sql
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\bfrom (\w+) where region_code =/g, 'from $1 where $1.region_code =');
  const mentions = [
    ...text.matchAll(/\b(?:from|join|update) (\w+)(?: (?:as )?(?!set\b|on\b|where\b|cross\b|join\b|left\b)(\w+))?/g),
  ]
    .filter(([, table]) => distributed.includes(table!))
    .map(([, table, alias]) => alias ?? table!);
  const inserts = [...text.matchAll(/insert into (\w+) \(([^)]*)\)(.*)/g)].filter(([, table]) =>
    distributed.includes(table!),
  );
  const ties = [...text.matchAll(/\b(?:(\w+)\.)?region_code = (?::?)((?:\w+\.)?\w+)/g)].map(([, left, right]) => [
    left ?? '',
    right === 'region_code' || right === 'region' ? ':' : right!.split('.')[0]!,
  ]);
  const tied = new Set([':']);
  for (let grew = true; grew; ) {
    const size = tied.size;
    for (const [left, right] of ties) {
      if (tied.has(right!)) tied.add(left!);
      if (tied.has(left!) && right !== undefined) tied.add(right);
    }
    grew = tied.size > size;
  }
  const count = (list: string[], one: string) => list.filter((name) => name === one).length;
  const wrong = mentions.filter(
    (alias) =>
      !(tied.has(alias) || (mentions.length === 1 && tied.has(''))) ||
      count(mentions, alias) > Math.max(1, count(ties.flat() as string[], alias)),
  );
  const first = inserts
    .filter(
      ([, , columns, rest]) =>
        !/^ ?region_code\b/.test(columns!) || !/select (:region_code|\w+\.region_code)/.test(rest!),
    )
    .map(([, table]) => `insert into ${table}`);
  return [...wrong, ...first];
}

/** they ask which county something is of, for what every county shares, or sweep all of them */
const ofNoCounty = [
  'queries/regions-of-shapes',
  'queries/find-persons',
  'queries/sweep-attachments',
  'queries/loose-attachments',
];

describe('the statements of runs and decisions', () => {
  const sources = globSync('server/{verification,ledger}/*.ts', { cwd: join(sqlFolder, '..') }).map((path) =>
    readFileSync(join(sqlFolder, '..', path), 'utf8'),
  );
  const files = [
    ...new Set(
      sources.flatMap((text) => [...text.matchAll(/sqlFile(?:<[\s\S]*?>)?\(\s*'([\w/-]+)'/g)].map((m) => m[1]!)),
    ),
  ].filter((file) => !ofNoCounty.includes(file));

  it('name one region_code and tie every table to it', () => {
    expect(files.length).toBeGreaterThan(20);
    const wrong = files
      .map((file) => ({ file, untied: untied(read(`${file}.sql`)) }))
      .filter((one) => one.untied.length > 0 || !read(`${one.file}.sql`).includes(':region_code::text'));
    expect(wrong).toEqual([]);
    expect(untied(read('functions/filed-anew.sql'))).toEqual([]);
  });

  it('name it too where they are written in the program', () => {
    const wrong = sources.flatMap((text) =>
      [...text.matchAll(/\b(?:selectFrom|updateTable|deleteFrom|insertInto)\('(\w+)(?: as \w+)?'\)[\s\S]*?\.execute/g)]
        .filter(([statement, table]) => distributed.includes(table!) && !/region_code|values\(rows\)/.test(statement))
        .map(([statement]) => statement.slice(0, 80)),
    );
    expect(wrong).toEqual([]);
  });

  it('are found out where one is not tied', () => {
    expect(untied('select 1 from parcel p where p.region_code = :region_code::text')).toEqual([]);
    expect(
      untied(
        'select 1 from parcel p join run r on r.region_code = p.region_code where p.region_code = :region_code::text',
      ),
    ).toEqual([]);
    expect(
      untied('select 1 from parcel p join run r on r.run_id = p.run_id where p.region_code = :region_code::text'),
    ).toEqual(['r']);
    expect(untied('select 1 from parcel p, (select from run) x where p.region_code = :region_code::text')).toEqual([
      'run',
    ]);
    expect(untied('update run set state = 1 where run_id = :run_id::uuid')).toEqual(['run']);
    expect(untied('insert into finding (result_id) select :result_id::uuid')).toEqual(['insert into finding']);
  });
});
