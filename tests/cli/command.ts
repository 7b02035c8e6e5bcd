/** The command line as a process of its own, as `npm run verify` starts it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { freshPlace } from '../support/databases.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** the last line of stderr, read as JSON; undefined where it is none */
  problem: Record<string, unknown> | undefined;
}

/** Arguments after `cli.ts`. */
export function command(...args: string[]): Promise<Ended> {
  return start(process.execPath, ['-r', './server/need-node.cjs', 'server/cli.ts', ...args]);
}

/** Arguments after `npm run --silent verify --`. */
export function throughNpm(...args: string[]): Promise<Ended> {
  return start('npm', ['run', '--silent', 'verify', '--', ...args]);
}

/** Arguments for a fresh database of a server: quicker than an embedded one of the command's own, which verify.test.ts has. */
export const onFreshServer = async (): Promise<string[]> => ['--database-url', await freshPlace('postgis')];

/** The environment says nothing of a database. */
async function start(program: string, args: string[]): Promise<Ended> {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(program, args, { cwd: root, env });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr, problem: parsed(stderr.trimEnd().split('\n').at(-1) ?? '') };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A folder of the test file's own: files to give and folders to write to. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'zhanbu-cli-'));
  #count = 0;
  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  file(name: string, bytes: Buffer | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** a folder that is not there yet */
  out(): string {
    return join(this.folder, `out-${++this.#count}`);
  }
}

export interface VerdictFiles {
  geojson: { type: string; features: { geometry: unknown; properties: Record<string, unknown> }[] };
  geojsonText: string;
  csv: string;
  summary: Record<string, unknown>;
  manifest: Record<string, unknown>;
}

export function readOut(folder: string): VerdictFiles {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const geojsonText = read('verdicts.geojson');
  return {
    geojsonText,
    geojson: JSON.parse(geojsonText),
    csv: read('verdicts.csv'),
    summary: JSON.parse(read('summary.json')),
    manifest: JSON.parse(read('manifest.json')),
  };
}

export const wroteNothing = (folder: string) =>
  !['verdicts.geojson', 'verdicts.csv', 'summary.json', 'manifest.json'].some((name) => existsSync(join(folder, name)));
