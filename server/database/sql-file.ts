/**
 * SQL that is more than a line lives in sql/<name>.sql: one statement, first line a comment saying what one row is,
 * parameters by name. Values are bound, never put into the text.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import { type BoundText, numberParameters, orderValues } from './sql-parameters.ts';

export type Db = Kysely<Schema> | Transaction<Schema>;

export interface SqlFile<Row> {
  readonly name: string;
  /** names of its parameters, in the order of their numbers */
  readonly parameters: readonly string[];
  /** the statement with $1 … $n */
  readonly text: string;
  all(db: Db, params?: Record<string, unknown>): Promise<Row[]>;
  /** exactly one row, else it throws */
  one(db: Db, params?: Record<string, unknown>): Promise<Row>;
  /** number of rows inserted, updated or deleted (of a select: read) */
  run(db: Db, params?: Record<string, unknown>): Promise<number>;
}

/** <repository>/sql */
export const sqlFolder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'sql');

/**
 * `sqlFile<Row>('queries/run-summary')`. The file is read at its first use, once. An array parameter of plain values
 * becomes a PostgreSQL array; an object or array for jsonb must be given as JSON text.
 */
export function sqlFile<Row = Record<string, unknown>>(name: string): SqlFile<Row> {
  let bound: BoundText | undefined;
  const read = () => {
    bound ??= numberParameters(readFileSync(join(sqlFolder, `${name}.sql`), 'utf8'));
    return bound;
  };
  const execute = (db: Db, params: Record<string, unknown>) => {
    const { text, names } = read();
    return db.executeQuery<Row>(CompiledQuery.raw(text, orderValues(`sql/${name}.sql`, names, params)));
  };
  return {
    name,
    get parameters() {
      return read().names;
    },
    get text() {
      return read().text;
    },
    async all(db, params = {}) {
      return (await execute(db, params)).rows;
    },
    async one(db, params = {}) {
      const { rows } = await execute(db, params);
      const [row] = rows;
      if (row === undefined || rows.length > 1)
        throw new Error(`sql/${name}.sql gave ${rows.length} rows where one was due`);
      return row;
    },
    async run(db, params = {}) {
      const result = await execute(db, params);
      return Number(result.numAffectedRows ?? result.rows.length);
    },
  };
}

/** Every file under sql/ (or one folder of it) as `folder/name`, sorted; migrations included. */
export function listSqlFiles(under = '', folder = sqlFolder): string[] {
  return globSync('**/*.sql', { cwd: join(folder, under) })
    .map((file) =>
      join(under, file)
        .split(sep)
        .join('/')
        .replace(/\.sql$/, ''),
    )
    .sort();
}
