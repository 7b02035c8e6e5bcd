/**
 * A GeoPackage is an SQLite database that someone else wrote: its schema is a program. It is opened as a copy, read only,
 * and only by SELECTs of ours over plain tables: an authorizer refuses every other statement, function, trigger, view and
 * attachment, and the schema's own expressions are not trusted (sqlite.org/security.html, "Untrusted SQLite Database Files").
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { constants, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AppError, type Sentence } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';
import { printable } from '../printable.ts';
import type { Progress, ReadJob } from './format.ts';
import { tooLarge } from './geojson-shapes.ts';

const copyBytes = 1024 * 1024;

export function corrupt(file: string, what: Sentence, cause?: unknown): AppError {
  return new AppError(
    'geopackage-corrupt',
    {
      zh: `GeoPackage ${file} 已损坏：${what.zh}。请重新导出或重新传输后上传。`,
      en: `The GeoPackage ${file} is damaged: ${what.en}. Export or transfer it again.`,
    },
    { file },
    cause === undefined ? undefined : { cause },
  );
}

/** Copies the file of the job, checks its header and opens the copy. Throws geopackage-corrupt, too-large. */
export function openGuarded(job: ReadJob, progress: Progress): GuardedDatabase {
  const file = printable(job.fileName);
  const source = new FileWindow(job.path);
  try {
    if (source.size > job.limits.entryBytes) throw tooLarge(file, job.limits.entryBytes);
    const head = Buffer.from(source.read(0, 100));
    checkHeader(head, source.size, file);
    // 2 where the last writer kept a journal beside the file (sqlite.org/fileformat2.html §1.3.3)
    const journaled = head[18] === 2;
    if (job.ours) return new GuardedDatabase(job.path, file, journaled);
    const copy = join(job.tempDir, 'copy.gpkg');
    const out = openSync(copy, 'wx', 0o600);
    try {
      for (let at = 0; at < source.size; at += copyBytes) {
        const piece = source.read(at, copyBytes);
        for (let done = 0; done < piece.length; ) done += writeSync(out, piece, done);
        progress(at / source.size);
      }
    } finally {
      closeSync(out);
    }
    return new GuardedDatabase(copy, file, journaled);
  } finally {
    source.close();
  }
}

/** What SQLite would only find out on the way: pages that are not there (sqlite.org/fileformat2.html §1.3). */
function checkHeader(head: Buffer, size: number, file: string): void {
  if (head.length < 100) throw corrupt(file, { zh: '文件不完整', en: 'it is cut short' });
  const stated = head.readUInt16BE(16);
  const page = stated === 1 ? 65_536 : stated;
  if (page < 512 || (page & (page - 1)) !== 0)
    throw corrupt(file, { zh: `页面大小 ${page} 无效`, en: `its page size ${page} is impossible` });
  const pages = head.readUInt32BE(28);
  // the count of pages holds only where the program that changed the file last also wrote it
  const counted = pages > 0 && head.readUInt32BE(24) === head.readUInt32BE(92);
  if (size % page !== 0 || (counted && size < pages * page))
    throw corrupt(file, {
      zh: `应有 ${pages} 页共 ${pages * page} 字节，实有 ${size} 字节，可能没有传完`,
      en: `it should have ${pages} pages, ${pages * page} bytes, and has ${size}; the transfer was perhaps cut short`,
    });
}

const { SQLITE_OK, SQLITE_DENY, SQLITE_SELECT, SQLITE_READ, SQLITE_PRAGMA } = constants;

export class GuardedDatabase {
  readonly file: string;
  /** changes may lie in a journal (-wal) that did not come with it */
  readonly journaled: boolean;
  readonly #db: DatabaseSync;

  constructor(path: string, file: string, journaled: boolean) {
    this.file = file;
    this.journaled = journaled;
    const url = pathToFileURL(path);
    // no journal is looked for and none is made, whatever the header says
    url.searchParams.set('immutable', '1');
    this.#db = new DatabaseSync(url, { readOnly: true, allowExtension: false, defensive: true });
    this.guarded(() => {
      this.#db.exec('pragma trusted_schema = off; pragma cell_size_check = on; pragma query_only = on');
      this.#db.setAuthorizer((action, detail) => {
        if (action === SQLITE_SELECT || action === SQLITE_READ) return SQLITE_OK;
        return action === SQLITE_PRAGMA && /^table_(xinfo|list)$/.test(detail ?? '') ? SQLITE_OK : SQLITE_DENY;
      });
    });
  }

  /** Runs `work`; what SQLite throws at malformed pages or at a schema that overreaches is the file's fault. */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#fault(error);
    }
  }

  #fault(error: unknown): unknown {
    if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') return error;
    return corrupt(this.file, { zh: '数据库内部结构无法读取', en: 'its database cannot be read' }, error);
  }

  /** All rows of a small result. */
  all<T>(sql: string, ...parameters: SQLInputValue[]): T[] {
    return this.guarded(() => this.#prepare(sql).all(...parameters) as T[]);
  }

  /** Rows as arrays, one at a time; whole numbers as bigint, because identifiers have 18 digits (THREATS T8). */
  *each(sql: string): Generator<unknown[], void, undefined> {
    try {
      const statement = this.#prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(true);
      yield* statement.iterate() as unknown as Iterable<unknown[]>;
    } catch (error) {
      throw this.#fault(error);
    }
  }

  #prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  close(): void {
    this.#db.close();
  }
}

/** An identifier out of the file, for a statement of ours. Double-quoted strings are off in node:sqlite, so it is never a value. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
