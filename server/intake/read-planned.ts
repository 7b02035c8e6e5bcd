/** Reads a file and plans its columns at the same time: the plan follows the rows while the parser's process writes them. */
import { rm } from 'node:fs/promises';
import { readVectorSource } from './read-source.ts';
import type { SourceField, SourceReport, SpoolRow } from './source-types.ts';

/**
 * `use` gets the report, and the plan to be awaited when it is due: what reading says of the file comes first. The spool is there until `use`
 * has ended. Throws what reading, the plan and `use` throw.
 */
export async function readPlanned<Plan, Result>(
  [path, fileName, options, limits, hooks]: Required<Parameters<typeof readVectorSource>>,
  makePlan: (fields: SourceField[], rows: AsyncIterable<SpoolRow>) => Promise<Plan>,
  use: (report: SourceReport, plan: () => Promise<Plan>) => Promise<Result>,
): Promise<Result> {
  let planned: Promise<Plan> | undefined;
  const report = await readVectorSource(path, fileName, options, limits, {
    ...hooks,
    writing: (fields, rows) => {
      planned = makePlan(fields, rows);
      // asked for below; where reading fails nobody asks
      planned.catch(() => undefined);
    },
  });
  try {
    return await use(report, () => planned!);
  } finally {
    await planned?.catch(() => undefined);
    await rm(report.spool, { force: true });
  }
}
