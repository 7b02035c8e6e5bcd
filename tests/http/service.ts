/** The real service over a database: app, jobs, a data folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { buildApp, jobKinds } from '../../server/app.ts';
import { type Config, readConfig } from '../../server/config.ts';
import type { Database } from '../../server/database/connect.ts';
import { type Jobs, startJobs } from '../../server/jobs/queue.ts';
import { keptLog } from '../jobs/waiting.ts';

export interface Service {
  app: FastifyInstance;
  config: Config;
  database: Database;
  jobs: Jobs;
  log: ReturnType<typeof keptLog>;
  close(): Promise<void>;
}

/** `work: false`: requests are taken, nothing is done about them. */
export async function startService(
  database: Database,
  options: { work?: boolean; config?: Partial<Config>; pageFolder?: string } = {},
): Promise<Service> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhanbu-http-'));
  const config = { ...readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }), ...options.config };
  const log = keptLog();
  const jobs = await startJobs({ database, kinds: jobKinds({ database, config }), log, work: options.work ?? true });
  const app = await buildApp({ database, config, jobs, pageFolder: options.pageFolder ?? join(dataDir, 'no-page') });
  return {
    app,
    config,
    database,
    jobs,
    log,
    async close() {
      await app.close();
      await jobs.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type FormPart = { name: string; value: string } | { name: string; file: string; data: Buffer; type?: string };

/** A multipart body, its parts in the order given. */
export function form(
  parts: FormPart[],
  boundary = '----zhanbu-test',
): { headers: Record<string, string>; payload: Buffer } {
  const pieces = parts.flatMap((part) =>
    'value' in part
      ? [Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"\r\n\r\n${part.value}\r\n`)]
      : [
          Buffer.from(
            `--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"; filename="${part.file}"\r\n` +
              `Content-Type: ${part.type ?? 'application/octet-stream'}\r\n\r\n`,
          ),
          part.data,
          Buffer.from('\r\n'),
        ],
  );
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export async function upload(
  { app }: Pick<Service, 'app'>,
  url: string,
  file: { name: string; data: Buffer | string },
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const body = form([
    ...Object.entries(fields).map(([name, value]) => ({ name, value })),
    { name: 'file', file: file.name, data: Buffer.from(file.data) },
  ]);
  return app.inject({
    method: 'POST',
    url: `/api/v1${url}`,
    payload: body.payload,
    headers: { ...body.headers, ...headers },
  });
}

/** Listens on a free loopback port. */
export async function listen({ app }: Pick<Service, 'app'>): Promise<{ port: number; url: string }> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}
