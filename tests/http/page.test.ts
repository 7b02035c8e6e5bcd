import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onDatabase } from '../support/databases.ts';
import { listen, type Service, startService } from './service.ts';

onDatabase('embedded', 'the page and the line it comes over', (open) => {
  let service: Service;
  let port: number;
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-page-'));
  beforeAll(async () => {
    mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html><title>占补核查</title>');
    writeFileSync(join(folder, 'dist', 'assets', 'app-1a2b3c.js'), 'export {};');
    writeFileSync(join(folder, 'dist', '.env'), 'SECRET=1');
    writeFileSync(join(folder, 'outside.txt'), 'outside');
    service = await startService(await open(), { work: false, pageFolder: join(folder, 'dist') });
    ({ port } = await listen(service));
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Bytes as they are, for what no client would send. */
  const raw = (request: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });

  it('is served with a policy that lets it ask no other host, and may not be framed', async () => {
    const answer = await service.app.inject('/');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('has its hashed files cached for good', async () => {
    const answer = await service.app.inject('/assets/app-1a2b3c.js');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%5c..%5coutside.txt',
    '/.env',
    '/assets',
    '/%00',
    '/no-such-file',
  ])('gives nothing for %s', async (url) => {
    const answer = await raw(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (404|403|400) /);
    expect(answer).not.toContain('outside\n');
    expect(answer).not.toContain('SECRET');
    expect(answer).toMatch(/"code":"(not-found|validation|forbidden)"/);
  });

  it('answers heads that are too large, and bytes that are no HTTP, in the same shape', async () => {
    const large = await raw(`GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\nX-Large: ${'y'.repeat(40_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    expect(large).toMatch(/x-request-id: [0-9a-f-]{36}/i);
    expect(large).toContain('"code":"too-large"');
    expect(large).toMatch(/x-content-type-options: nosniff\r\n/i);
    expect(large).toMatch(/content-security-policy: default-src 'none'/i);
    const noHttp = await raw('\u0016\u0003\u0001 hello\r\n\r\n');
    expect(noHttp).toMatch(/^HTTP\/1\.1 400 /);
    expect(noHttp).toContain('"code":"validation"');
    const smuggled = await raw(
      'POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(smuggled).toMatch(/^HTTP\/1\.1 400 /);
  });
});

onDatabase('embedded', 'the page before it is built', (open) => {
  it('says how to build it, and the API is there already', async () => {
    const service = await startService(await open(), { work: false });
    const answer = await service.app.inject('/');
    expect(answer.body).toContain('npm run build:web');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect((await service.app.inject('/api/v1/health/ready')).json()).toMatchObject({
      status: 'ready',
      database: { kind: 'embedded' },
      promises: { process_death: true, power_loss: false, role_separation: false },
    });
    await service.close();
  });
});
