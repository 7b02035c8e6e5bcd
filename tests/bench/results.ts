/** What a benchmark leaves in docs/benchmarks: JSON and a chart. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.ts';

export function writeResult(name: string, result: object, seconds: Record<string, number>): void {
  const folder = fileURLToPath(new URL('../../docs/benchmarks/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const cpu = cpus();
  const machine = { cores: cpu.length, model: cpu[0]?.model.trim() ?? '' };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine, ...result, seconds }, null, 2)}\n`);
  writeFileSync(join(folder, `${name}.svg`), chart(name, seconds));
}
