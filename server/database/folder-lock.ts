/**
 * One process per embedded data folder: two would open it without a word and lose rows. The lock is a file beside the folder, made
 * with O_EXCL, that names the process by pid, start time and boot. A lock whose process is gone is taken over; start time and boot are
 * there because a restarted container gets the same pid again.
 */
import {
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { uptime } from 'node:os';

export interface LockHolder {
  pid: number;
  /** clock ticks since boot at which the process began (Linux), else '' */
  started: string;
  boot: string;
}

export type LockAttempt = { held: true; release(): void } | { held: false; holder: LockHolder };

/** `isAlive` tells of a pid on this machine. The folder must exist, so that two names of it meet in one lock. */
export function lockFolder(folder: string, pid: number, isAlive: (pid: number) => boolean): LockAttempt {
  const file = `${realpathSync(folder)}.lock`;
  const self = describe(pid);
  for (let attempt = 0; attempt < 50; attempt++) {
    if (create(file, self)) return { held: true, release: () => release(file, self) };
    const holder = read(file);
    if (holder === undefined) pause(20);
    else if (stillRuns(holder, isAlive)) return { held: false, holder };
    else takeOver(file, holder, isAlive);
  }
  return { held: false, holder: read(file) ?? { pid: 0, started: '', boot: '' } };
}

function create(file: string, self: LockHolder): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, JSON.stringify(self));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined while another process is between creating and writing it, or it vanished. An unreadable old file holds nobody. */
function read(file: string): LockHolder | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    if (text === '' && Date.now() - statSync(file).mtimeMs < 2000) return undefined;
    const holder = JSON.parse(text || '{}') as Partial<LockHolder>;
    return { pid: holder.pid ?? 0, started: holder.started ?? '', boot: holder.boot ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { pid: 0, started: '', boot: '' };
  }
}

/** Only one of several processes that find the same dead holder may remove its file: a folder made with mkdir decides which. */
function takeOver(file: string, dead: LockHolder, isAlive: (pid: number) => boolean): void {
  const decider = `${file}.takeover`;
  try {
    mkdirSync(decider);
  } catch {
    // left by a process that died within these lines
    if (Date.now() - (statSync(decider, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000)
      rmSync(decider, { recursive: true, force: true });
    pause(20);
    return;
  }
  try {
    const now = read(file);
    if (now !== undefined && now.pid === dead.pid && now.started === dead.started && !stillRuns(now, isAlive)) {
      renameSync(file, `${file}.dead`);
      rmSync(`${file}.dead`, { force: true });
    }
  } finally {
    rmSync(decider, { recursive: true, force: true });
  }
}

function release(file: string, self: LockHolder): void {
  const holder = read(file);
  if (holder?.pid === self.pid && holder.started === self.started) rmSync(file, { force: true });
}

function stillRuns(holder: LockHolder, isAlive: (pid: number) => boolean): boolean {
  if (holder.pid <= 0 || !isAlive(holder.pid)) return false;
  const now = describe(holder.pid);
  return now.started === holder.started && now.boot === holder.boot;
}

function describe(pid: number): LockHolder {
  return { pid, started: startTime(pid), boot: bootId() };
}

/**
 * proc(5): field 22 of /proc/<pid>/stat; the second field is the name in brackets and may hold blanks. A zombie, dead but not yet
 * waited for (no init in a container), has none.
 */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

/** Elsewhere than on Linux the minute of the boot, which a change of the clock can shift: then a live lock may look dead only after such a change. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `t${Math.round((Date.now() / 1000 - uptime()) / 600)}`;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** For tests and tools that must leave a lock as a dead process would. */
export function writeLockFile(folder: string, holder: LockHolder): void {
  writeFileSync(`${realpathSync(folder)}.lock`, JSON.stringify(holder));
}
