/** The real server as a process of its own on loopback, watched from outside: its memory, that of its children, its temporary files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DatabaseKind, freshDataDir, freshPlace } from '../support/databases.ts';

const script = fileURLToPath(new URL('./server.child.ts', import.meta.url));
const MB = 1024 * 1024;

export class WatchedServer {
  readonly url: string;
  /** MB, while the server was idle, at its most, and of the largest parser of its */
  readonly memory = { idle: 0, most: 0, parser: 0 };
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<unknown>;
  readonly #watch: NodeJS.Timeout;
  readonly #standing: Set<string>;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    // the socket of the embedded database stays
    this.#standing = new Set(this.#temporary());
    this.memory.idle = this.memory.most = residentMb(child.pid!);
    this.#watch = setInterval(() => this.#look(), 100);
  }

  static async start(kind: DatabaseKind): Promise<WatchedServer> {
    const embedded = kind === 'embedded';
    const folder = embedded ? await freshDataDir() : mkdtempSync(join(tmpdir(), 'zhanbu-corpus-'));
    const databaseUrl = embedded ? '' : await freshPlace(kind);
    mkdirSync(join(folder, 'tmp'));
    const child = spawn(process.execPath, [script], {
      env: {
        ...process.env,
        DATA_DIR: folder,
        DATABASE_URL: databaseUrl,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'silent',
        TMPDIR: join(folder, 'tmp'),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        const found = /http:\/\/[\d.:]+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the service ended: ${said}`)));
    });
    return new WatchedServer(child, folder, url);
  }

  get isUp(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Rows of every table but the list of jobs and the files as they came, which go an hour after their job (sweep-uploads.ts). */
  counts(): Promise<Record<string, number>> {
    return this.#ask('counts');
  }
  /** ms for which the event loop was held up at its worst */
  async lagMs(): Promise<number> {
    return (await this.#ask<{ maxMs: number }>('lag')).maxMs;
  }

  /** Files that reading leaves lying: spools, unpacked members, uploads half received. */
  leftovers(): string[] {
    return this.#temporary().filter((name) => !this.#standing.has(name));
  }

  #temporary(): string[] {
    const folder = join(this.#folder, 'uploads');
    const uploads = existsSync(folder) ? readdirSync(folder) : [];
    return [...readdirSync(join(this.#folder, 'tmp')), ...uploads.filter((name) => name.startsWith('.'))];
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch);
    if (this.isUp) this.#child.kill('SIGTERM');
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask<T>(ask: string): Promise<T> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (answer: unknown) => void);
      this.#child.send({ ask, id });
    });
  }

  #look(): void {
    const pid = this.#child.pid!;
    this.memory.most = Math.max(this.memory.most, residentMb(pid));
    for (const child of childrenOf(pid))
      if (/read-(source|raster|table)\.child/.test(commandOf(child)))
        this.memory.parser = Math.max(this.memory.parser, residentMb(child));
  }
}

/** Linux tells; elsewhere memory is not watched from outside. */
const proc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
};
const residentMb = (pid: number) => (Number(/^VmRSS:\s+(\d+) kB/m.exec(proc(pid, 'status'))?.[1] ?? 0) * 1024) / MB;
const childrenOf = (pid: number) => proc(pid, `task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
const commandOf = (pid: number) => proc(pid, 'cmdline');
