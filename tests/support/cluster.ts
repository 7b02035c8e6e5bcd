/**
 * A throw-away PostGIS cluster: its own folder, a unix socket in it and no port, its own pid. postgres refuses to run as root, so root
 * starts it as the user postgres. setpriv's --pdeathsig ends it even where its starter is killed and can stop nothing.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresBin } from './part-list.ts';

export interface Cluster {
  url(database: string): string;
  pid: number;
  /** SIGKILL to the server and each of its processes at once */
  crash(): Promise<void>;
  /** on the same folder, after a crash */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const settings = {
  listen_addresses: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '120',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  log_min_messages: 'fatal',
};

/** @param more settings beside those that make it quick */
export async function startCluster(more: Record<string, string> = {}): Promise<Cluster> {
  const bin = postgresBin();
  if (bin === undefined)
    throw new Error('no PostGIS server is installed: apt-get install postgresql postgresql-15-postgis-3');
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-pg-'));
  const isRoot = process.getuid?.() === 0;
  const asPostgres: string[] = [];
  if (existsSync('/usr/bin/setpriv')) {
    if (isRoot) asPostgres.push('--reuid=postgres', '--regid=postgres', '--init-groups');
    asPostgres.push('--pdeathsig=INT');
  }
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
    chmodSync(folder, 0o755);
  }
  const command = (name: string, args: string[]): [string, string[]] =>
    asPostgres.length > 0 ? ['/usr/bin/setpriv', [...asPostgres, join(bin, name), ...args]] : [join(bin, name), args];
  const data = join(folder, 'data');
  const made = spawnSync(
    ...command('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']),
    {
      encoding: 'utf8',
      cwd: '/',
    },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.stderr}`);
  }
  const options = Object.entries({ ...settings, ...more, unix_socket_directories: folder }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const launch = () => spawn(...command('postgres', ['-D', data, ...options]), { stdio: 'ignore', cwd: '/' });
  let server = launch();
  // Ctrl-C ends vitest without its teardown: at its very end only what is synchronous still happens.
  const killNow = () => {
    server.kill('SIGQUIT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', killNow);
  const url = (database: string) => `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}`;
  await untilServing(url('postgres'), server);
  return {
    url,
    get pid() {
      return server.pid ?? 0;
    },
    async crash() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      const processes = [server.pid ?? 0, ...childrenOf(server.pid ?? 0)];
      for (const pid of processes) kill(pid);
      await gone;
      while (processes.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async startAgain() {
      server = launch();
      await untilServing(url('postgres'), server);
    },
    async stop() {
      process.off('exit', killNow);
      if (server.exitCode === null && server.signalCode === null) {
        const gone = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGINT');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Linux tells the children of a process; elsewhere none are named, and they end by themselves when they miss their parent. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself a moment ago
  }
}

/** A process that was killed stays in the list until its parent, or init, has looked. */
function isThere(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}

async function untilServing(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode} while starting`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('postgres did not begin to serve within 30 s');
}
