/** The service as main.ts starts it, with a line to the test: what stands in each table, and how long its event loop was held up. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readConfig } from '../../server/config.ts';
import { serve } from '../../server/main.ts';

const { database } = await serve(readConfig(process.env));
const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

const tables = async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'
       and table_name not in ('job', 'upload', 'upload_part', 'spatial_ref_sys', 'schema_migration')`,
  );
  return rows.map(({ name }) => name);
};

async function counts(): Promise<Record<string, number>> {
  const parts = (await tables()).map((name) => `select '${name}' as name, count(*)::int as n from "${name}"`);
  const { rows } = await database.pool.query<{ name: string; n: number }>(`${parts.join(' union all ')} order by 1`);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

process.on('message', async ({ ask, id }: { ask: string; id: number }) => {
  const answer = ask === 'lag' ? { maxMs: loop.max / 1e6 } : await counts();
  process.send?.({ id, answer });
});
