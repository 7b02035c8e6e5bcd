/** What `npm start` promises on a fresh checkout: the sample county with its flags, on the page, over the embedded database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { pageShowsACounty } from './page-behaviour.ts';

const cli = new URL('../../server/cli.ts', import.meta.url).pathname;

requirePart('chromium', 'cjk-fonts')('the page on the sample county, as npm start serves it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-start-'));
  let server: ChildProcess;
  let output = '';
  let address = '';

  beforeAll(async () => {
    await import('../../web-map/build-if-stale.ts');
    server = spawn(process.execPath, [cli, 'serve', '--with-samples'], {
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      server.stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        address ||= /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0] ?? '';
        if (output.includes('示例县已核查')) resolve();
      });
      server.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
    });
  }, 300_000);

  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('prints the address to open and how many parcels it flagged', () => {
    expect(address).not.toBe('');
    expect(output).toMatch(/示例县已核查：558 个地块，161 个疑似问题/);
  });

  pageShowsACounty(() => address);
});
