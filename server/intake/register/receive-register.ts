/**
 * A register file → a new version of the county's register, whole or not at all: one transaction, since it is small. The same bytes read
 * the same way have the same id, and answer with what they made the first time.
 */
import { stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { registerContent } from '../../database/register-content.ts';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { AreaUnit } from '../../domain/area-units.ts';
import type { Project } from '../../domain/project.ts';
import { AppError } from '../../errors.ts';
import { registerId, sha256Of } from '../identity.ts';
import { printable } from '../printable.ts';
import { checkRegionCode, decideRegion, type RegionDecision, sharedCounty } from '../region.ts';
import type { ReceiveDeps } from '../request.ts';
import type { EncodingDecision, Warning } from '../source-types.ts';
import { tableTooLarge } from '../tables/refusals.ts';
import type { RegisterColumn } from './columns.ts';
import { findHeading, type Heading } from './heading.ts';
import { readProjects } from './read-projects.ts';
import { readTableFile } from './read-table.ts';

const insertProjects = sqlFile('queries/insert-projects');

export interface ReceiveRegisterInput {
  path: string;
  fileName: string;
  regionCode?: string | undefined;
  encoding?: string | undefined;
  /** the sheet, where a workbook has several that could be it */
  sublayer?: string | undefined;
  unit?: AreaUnit | undefined;
  dryRun?: boolean | undefined;
  /** by default of the bytes and the decisions */
  registerId?: string | undefined;
}

export interface RegisterDecisions {
  format: 'xlsx' | 'csv';
  encoding: EncodingDecision | null;
  sheet: string;
  unit: { unit: AreaUnit; source: Heading['unit_source'] };
  capacity: { kg: number; source: Heading['capacity_source'] };
  /** column → heading of the file */
  fields: Partial<Record<RegisterColumn, string>>;
  region: RegionDecision;
}

export interface ReceivedRegister {
  register_id: string;
  region_code: string;
  /** null of a dry run */
  version_no: number | null;
  /** false where another version has come after this one */
  current: boolean;
  existing: boolean;
  project_count: number;
  certified_count: number;
  pending_count: number;
  warnings: Warning[];
  decisions: RegisterDecisions;
  /** of a dry run: the first ten as they would be stored */
  preview?: Project[];
}

/** Throws what reading throws, and `validation`, `attribute-missing` with every fault by row and column; then nothing is stored. */
export async function receiveRegister(
  deps: ReceiveDeps,
  input: ReceiveRegisterInput,
  hooks: { signal?: AbortSignal } = {},
): Promise<ReceivedRegister> {
  checkRegionCode(input.regionCode);
  const { database, config } = deps;
  const limits = config.limits.registers;
  if ((await stat(input.path)).size > limits.entryBytes)
    throw tableTooLarge(input.fileName, Math.floor(limits.entryBytes / 2 ** 20));
  const sha256 = await sha256Of(input.path, hooks.signal);
  const id = input.registerId ?? registerId(sha256, { ...input, regionCode: input.regionCode ?? config.regionCode });
  const known = input.dryRun ? undefined : await findRegister(database.db, id);
  if (known) return { ...known, existing: true };

  const { encoding, sublayer, unit, fileName } = input;
  const file = await readTableFile(input.path, fileName, { encoding, limits, signal: hooks.signal });
  const heading = findHeading(file.tables, fileName, { sheet: sublayer, unit });
  const { projects, warnings } = readProjects(heading, fileName);
  if (projects.length === 0) throw noProjects(fileName);
  const county = sharedCounty(projects.map(({ project_code }) => project_code));
  const region = decideRegion(input.regionCode, { region_code: county, source: 'project-codes' }, config.regionCode);
  const certified = projects.filter(({ status }) => status === 'certified').length;
  const counts = {
    project_count: projects.length,
    certified_count: certified,
    pending_count: projects.length - certified,
  };
  const said = [...file.warnings, ...warnings, ...ofOtherCounties(projects, region.region_code)];
  const decisions: RegisterDecisions = {
    format: file.format,
    encoding: file.encoding,
    sheet: heading.table.name,
    unit: { unit: heading.unit, source: heading.unit_source },
    capacity: { kg: heading.capacity_kg, source: heading.capacity_source },
    fields: Object.fromEntries(Object.entries(heading.columns).map(([column, { field }]) => [column, field])),
    region,
  };
  const result = { register_id: id, region_code: region.region_code, ...counts, warnings: said, decisions };
  if (input.dryRun)
    return { ...result, version_no: null, current: false, existing: false, preview: projects.slice(0, 10) };
  hooks.signal?.throwIfAborted();
  await store(database.db, result, { fileName: printable(fileName, 200), sha256 }, projects);
  return { ...(await findRegister(database.db, id))!, existing: false };
}

type Stored = Omit<ReceivedRegister, 'version_no' | 'current' | 'existing' | 'preview'>;

/** Two files at the same moment: both want the next number, one gets it, the other tries again. The same file twice: stored once. */
async function store(
  db: Kysely<Schema>,
  { warnings, decisions, ...row }: Stored,
  file: { fileName: string; sha256: string },
  projects: readonly Project[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const held = await db.transaction().execute(async (tx) => {
      const { newest } = await tx
        .selectFrom('project_register')
        .select((e) => e.fn.max('version_no').as('newest'))
        .where('region_code', '=', row.region_code)
        .executeTakeFirstOrThrow();
      const mine = await tx
        .insertInto('project_register')
        .values({
          ...row,
          version_no: Number(newest ?? 0) + 1,
          file_name: file.fileName,
          sha256: file.sha256,
          content_sha256: registerContent(projects),
          decisions: JSON.stringify(decisions),
          warnings: JSON.stringify(warnings),
        })
        .onConflict((on) => on.doNothing())
        .returning('version_no')
        .executeTakeFirst();
      if (!mine) return false;
      const columns = Object.fromEntries(
        (Object.keys(projects[0]!) as (keyof Project)[]).map((key) => [key, projects.map((project) => project[key])]),
      );
      await insertProjects.run(tx, { region_code: row.region_code, register_id: row.register_id, ...columns });
      return true;
    });
    if (held || (await findRegister(db, row.register_id))) return;
    if (attempt === 20) throw new Error('no version number to be had for a register');
  }
}

export async function findRegister(
  db: Kysely<Schema>,
  id: string,
): Promise<Omit<ReceivedRegister, 'existing'> | undefined> {
  const row = await db
    .selectFrom('project_register')
    .select(['register_id', 'region_code', 'version_no', 'project_count', 'certified_count', 'pending_count'])
    .select(['warnings', 'decisions'])
    .where('register_id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const newer = await db
    .selectFrom('project_register')
    .select('version_no')
    .where('region_code', '=', row.region_code)
    .where('version_no', '>', row.version_no)
    .executeTakeFirst();
  return {
    ...row,
    warnings: row.warnings as Warning[],
    decisions: row.decisions as unknown as RegisterDecisions,
    current: newer === undefined,
  };
}

function ofOtherCounties(projects: readonly Project[], region: string): Warning[] {
  const others = projects.filter(
    ({ project_code }) => /^\d{14}$/.test(project_code) && !project_code.startsWith(region),
  );
  if (others.length === 0) return [];
  const rows = others.slice(0, 100).map(({ row_no }) => row_no);
  return [
    {
      code: 'project-code-elsewhere',
      message: {
        zh: `${others.length} 个备案编号不以 ${region} 开头（首个在第 ${rows[0]} 行），请核对是否属于本县`,
        en: `${others.length} project codes do not begin with ${region} (first in row ${rows[0]}); are they of this county?`,
      },
      where: { rows },
    },
  ];
}

const noProjects = (fileName: string) =>
  new AppError(
    'attribute-missing',
    {
      zh: `${printable(fileName)} 表头下没有项目。请至少填写一行后上传。`,
      en: `${printable(fileName)} has no project under its heading. Fill in at least one row.`,
    },
    { file: printable(fileName) },
  );
