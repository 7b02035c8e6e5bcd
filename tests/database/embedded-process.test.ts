import { type ChildProcess, fork } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { isWorthRetry, openDatabase } from '../../server/database/connect.ts';
import { lockFolder, writeLockFile } from '../../server/database/folder-lock.ts';
import { freshPlace, onDatabase } from '../support/databases.ts';

const folders: string[] = [];
const parents: ChildProcess[] = [];
afterAll(() => {
  for (const parent of parents) parent.kill('SIGKILL');
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.lock`, { force: true });
  }
});

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-lock-'));
  folders.push(folder);
  return folder;
}

async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600 && !holds(); attempt++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // dead but not yet waited for, where the container has no init
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

onDatabase('embedded', 'the process of the embedded database', (open) => {
  it('keeps every acknowledged row through kill -9, and is started again', async () => {
    const database = await open();
    await database.pool.query('create table kept (n int primary key)');
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 1; round <= 3; round++) {
      const writers = Array.from({ length: 4 }, async () => {
        for (let turn = 0; turn < 60; turn++) {
          const n = ++next;
          try {
            await database.pool.query('insert into kept values ($1)', [n]);
            acknowledged.push(n);
          } catch (error) {
            expect(isWorthRetry(error)).toBe(true);
            return;
          }
        }
      });
      const due = acknowledged.length + 40;
      await until(() => acknowledged.length >= due);
      process.kill(database.embedded!.pid()!, 'SIGKILL');
      await Promise.all(writers);
      // a connection that was idle at the kill may still be handed out once
      const { rows } = await again(() => database.pool.query('select n from kept'));
      const stored = new Set(rows.map((row) => row.n));
      expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
      expect(database.embedded!.starts()).toBe(round + 1);
    }
  });

  it('refuses its folder to a second process, in words, and gives it to the next when closed', async () => {
    const folder = await freshPlace('embedded');
    const first = await openDatabase({ dataDir: folder });
    await first.pool.query('create table mine (n int)');
    const linked = join(folderOf(), 'link');
    symlinkSync(folder, linked);
    for (const name of [folder, linked]) {
      await expect(openDatabase({ dataDir: name })).rejects.toMatchObject({
        code: 'conflict',
        detail: {
          zh: expect.stringContaining('DATABASE_URL') as string,
          en: expect.stringContaining(String(first.embedded!.pid())) as string,
        },
      });
    }
    await first.close();
    const second = await openDatabase({ dataDir: folder });
    expect((await second.pool.query('select count(*)::int as n from mine')).rows).toEqual([{ n: 0 }]);
    await second.close();
  });

  it('ends a statement past its time, undoes it, and serves on', async () => {
    const warnings: string[] = [];
    const database = await open({
      embedded: { maxStatementMs: 8000 },
      log: { info: () => {}, warn: (line) => warnings.push(line) },
    });
    await database.pool.query('create table slow (n int)');
    await expect(
      database.pool.query('insert into slow select count(*) from generate_series(1, 2000000000)'),
    ).rejects.toSatisfy(isWorthRetry);
    const { rows } = await again(() => database.pool.query('select count(*)::int as n from slow'));
    expect(rows).toEqual([{ n: 0 }]);
    expect(warnings.join()).toContain('a statement ran longer than 8000 ms');
  });

  it('ends when its memory passes the bound, and serves on', async () => {
    const warnings: string[] = [];
    const database = await open({
      embedded: { maxMemoryBytes: 1_200_000_000 },
      log: { info: () => {}, warn: (line) => warnings.push(line) },
    });
    const hungry = `select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 900) union all select count(*)::int from generate_series(1, 100000000)`;
    await expect(database.pool.query(hungry)).rejects.toSatisfy(isWorthRetry);
    expect((await again(() => database.pool.query('select 1 as one'))).rows).toEqual([{ one: 1 }]);
    expect(warnings.join()).toContain('memory passed 1200000000 bytes');
  });

  it('drops a client that sits idle in a transaction while others wait', async () => {
    const database = await open({ embedded: { maxIdleInTransactionMs: 300 } });
    const client = await database.pool.connect();
    client.on('error', () => {});
    await client.query('begin');
    await client.query('create table held (n int)');
    const { rows } = await database.pool.query(`select to_regclass('held') as held`);
    expect(rows).toEqual([{ held: null }]);
    await expect(client.query('select 1')).rejects.toThrow();
    client.release(true);
  });

  it('begins a first start again that was broken off', async () => {
    const folder = await freshPlace('embedded');
    writeFileSync(join(folder, 'postgis.initialising'), '');
    rmSync(join(folder, 'postgis', 'global'), { recursive: true });
    const database = await openDatabase({ dataDir: folder });
    expect((await database.pool.query('select count(*)::int > 8000 as full from spatial_ref_sys')).rows).toEqual([
      { full: true },
    ]);
    await database.close();
  });

  it('refuses a folder of another major version in words, and leaves it alone', async () => {
    const folder = await freshPlace('embedded');
    writeFileSync(join(folder, 'postgis', 'PG_VERSION'), '17\n');
    await expect(openDatabase({ dataDir: folder })).rejects.toMatchObject({
      code: 'conflict',
      detail: { zh: expect.stringContaining('PostgreSQL 17') as string },
    });
    expect(existsSync(join(folder, 'postgis', 'global'))).toBe(true);
  });

  it('ends when its parent is killed, in the middle of a statement too, and its folder is free', async () => {
    const folder = await freshPlace('embedded');
    const { parent, pid } = await busyParent([folder, 'busy']);
    parent.kill('SIGKILL');
    await until(() => !alive(pid));
    const database = await openDatabase({ dataDir: folder });
    expect((await database.pool.query('select n from before')).rows).toEqual([{ n: 1 }]);
    await database.close();
  });

  it('takes its temporary folders with it when its parent is killed', async () => {
    const { parent, pid } = await busyParent(['']);
    const file = openFiles(pid).find((path) => path.includes('zhanbu-data-'));
    expect(file).toBeDefined();
    const folder = file!.slice(0, file!.indexOf('/', file!.indexOf('zhanbu-data-')));
    expect(existsSync(folder)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !alive(pid));
    expect(existsSync(folder)).toBe(false);
  });
});

/** Paths that a process has open; a file may be closed between the listing and the look at it. */
function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`, 'utf8')];
    } catch {
      return [];
    }
  });
}

async function busyParent(args: string[]): Promise<{ parent: ChildProcess; pid: number }> {
  const parent = fork(fileURLToPath(new URL('./busy-parent.ts', import.meta.url)), args, {
    execArgv: [],
    // of its own: one that outlived a failed test held the pipe of the whole run open, which then never ended
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  parents.push(parent);
  const pid = await new Promise<number>((resolve) => parent.once('message', (message) => resolve(message as number)));
  return { parent, pid };
}

describe('the lock of a data folder', () => {
  const boot = () => {
    const folder = folderOf();
    const own = lockFolder(folder, process.pid, alive);
    if (!own.held) throw new Error('a new folder must be free');
    return { folder, release: own.release };
  };

  it('is held by one, names the holder to the other, and is gone after release', () => {
    const { folder, release } = boot();
    const other = lockFolder(folder, process.pid, alive);
    expect(other).toMatchObject({ held: false, holder: { pid: process.pid } });
    release();
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, started: '5', boot: 'any' }],
    ['another process that got the same pid', { pid: process.pid, started: '1', boot: 'any' }],
    ['another boot', { pid: process.pid, started: '', boot: '00000000-0000-0000-0000-000000000000' }],
  ])('is taken over from %s', (_, holder) => {
    const folder = folderOf();
    writeLockFile(folder, holder);
    expect(lockFolder(folder, process.pid, alive).held).toBe(true);
  });

  it('is taken over from a file that says nothing readable', () => {
    const folder = folderOf();
    writeFileSync(`${folder}.lock`, '{ half');
    expect(lockFolder(folder, process.pid, alive).held).toBe(true);
  });
});

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 8 || !isWorthRetry(error)) throw error;
    }
  }
}
