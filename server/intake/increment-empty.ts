/** A year in which patches only went: DLTBGXGC names them, DLTBGX has no row. Honest, and told. */

import type { CodeSystem } from '../domain/land-codes.ts';
import { AppError } from '../errors.ts';
import type { IncrementTables } from './increment-tables.ts';
import type { LayerPlan } from './layer-plan.ts';
import { printable } from './printable.ts';
import type { SourceReport, Warning } from './source-types.ts';

/** `geometry-empty`: neither table has anything to say, or DLTBGX alone is empty, which would change nothing. */
export function demandRows({ patches, process: table }: IncrementTables, fileName: string): void {
  if (table !== null && table.feature_count > 0) return;
  if (patches.feature_count > 0 && table === null) return;
  const file = printable(fileName);
  const [zh, en] =
    table === null
      ? ['更新层 DLTBGX 没有图斑，也没有更新过程层 DLTBGXGC', 'DLTBGX has no patch, and there is no DLTBGXGC']
      : ['更新过程层 DLTBGXGC 没有记录', 'DLTBGXGC has no row'];
  throw new AppError(
    'geometry-empty',
    {
      zh: `增量包 ${file} 里${zh}，看不出变更了什么。请核对后重新导出。`,
      en: `In the increment ${file} ${en}, so nothing tells what was changed. Check it and export again.`,
    },
    { file },
  );
}

/** What is planned of no rows: the classes stay those of the base. */
export const nothingNew = (system: CodeSystem | undefined): LayerPlan => ({
  fields: {},
  codeSystem: system === undefined ? null : { system, basis: 'base' },
  county: null,
  warnings: [],
});

export const onlyRemoved = ({ layers }: SourceReport, left: number): Warning => ({
  code: 'increment-only-removes',
  message: {
    zh: `更新层 ${layers[0]!.name} 没有图斑：本年度只按更新过程层删除图斑，没有新图斑，余 ${left} 个。请确认更新层没有漏导。`,
    en: `${layers[0]!.name} has no patch: patches of the base are removed as the process table says, none is added, ${left} are left. Make sure that the new patches were not lost in the export.`,
  },
  where: { file: layers[0]!.name },
});
