/**
 * An uploaded parcel file becomes a parcel set: read in a child process, its attributes and its county settled in a first
 * pass, its shapes stored in a second, the unit of its areas decided when all are in. There whole or not at all.
 */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { parcelSetContent, type Step } from '../database/content.ts';
import { lanesOf } from '../database/lanes.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { refreshStatistics } from '../database/statistics.ts';
import type { AreaUnit } from '../domain/area-units.ts';
import { batchSizes, longestEdge } from './batches.ts';
import { outsideRegion } from './county-of-set.ts';
import { type DeclaredAreas, settleDeclaredAreas } from './declared-areas.ts';
import { type DryRunReport, dryRunReport } from './dry-run.ts';
import type { StoredFault } from './faults.ts';
import { parcelSetId, sha256Of } from './identity.ts';
import { abandon, type Claim, claim, discard, finish, parcelSets, underClaim } from './loading.ts';
import { nothingUsable, type ParcelPlan, planParcels } from './parcel-plan.ts';
import { readParcel, StatedUnits, UnreadableValues } from './parcel-row.ts';
import { printable } from './printable.ts';
import { partOf, partsOf } from './progress.ts';
import { readPlanned } from './read-planned.ts';
import { checkRegionCode, decideRegion, type RegionDecision, tellOtherCounties } from './region.ts';
import { checkSetIds, type ReceiveDeps, sourceOptions } from './request.ts';
import { shapeProblems } from './shape-problems.ts';
import type { CrsDecision, EncodingDecision, SourceReport, Warning } from './source-types.ts';
import { columnsOf, type ReceiveHooks, type ShapeToStore, shapeColumns, storeShapes } from './store-shapes.ts';

export interface ReceiveParcelsInput {
  path: string;
  /** as the uploader calls it; only shown */
  fileName: string;
  name?: string;
  regionCode?: string;
  /** the county of a file whose codes name none, where other files of the same request tell it */
  regionBeside?: RegionDecision;
  srid?: number;
  encoding?: string;
  sublayer?: string;
  /** column of ParcelColumn → attribute name, or `=value` for a constant */
  fieldMap?: Record<string, string>;
  /** what declared areas are in; otherwise the sums tell */
  areaUnit?: AreaUnit;
  replaces?: string[];
  /** reads, judges and measures all, and stores nothing */
  dryRun?: boolean;
  /** what parcelSetId gave at the request, if it was asked then */
  parcelSetId?: string;
}

export interface ParcelDecisions {
  crs: CrsDecision;
  encoding: EncodingDecision | null;
  /** column → attribute, `=constant`, or null where the file has none */
  fields: ParcelPlan['fields'];
  unit: DeclaredAreas['unit'];
  region: RegionDecision;
  layers: SourceReport['layers'];
}

export interface ReceivedParcels {
  parcel_set_id: string;
  region_code: string;
  /** the same bytes with the same decisions were here already; nothing was stored */
  existing: boolean;
  feature_count: number;
  /** m² on the ellipsoid, of the stored shapes */
  area_m2: number;
  warnings: Warning[];
  decisions: ParcelDecisions;
  /** of a dry run alone */
  report?: DryRunReport;
}

const insertParcels = sqlFile('queries/intake-insert-parcels');

/** Throws every AppError of reading, and `validation`, `duplicate-parcel-id`, `geometry-empty`, `too-large`; then nothing is stored. */
export async function receiveParcels(
  deps: ReceiveDeps,
  input: ReceiveParcelsInput,
  given: ReceiveHooks = {},
): Promise<ReceivedParcels> {
  const hooks = { ...given, lanes: lanesOf(deps.database), batch: batchSizes[deps.database.kind] };
  checkRegionCode(input.regionCode);
  checkSetIds(input.replaces);
  const { db } = deps.database;
  const part = partsOf(hooks.progress, input.dryRun === true);
  const sha256 = await sha256Of(input.path, hooks.signal, part.hash);
  const asked = input.regionCode ?? input.regionBeside?.region_code ?? deps.config.regionCode;
  const id = input.parcelSetId ?? parcelSetId(sha256, { ...input, regionCode: asked });
  const known = await findReady(db, id);
  if (known !== undefined && !input.dryRun) return { ...known, warnings: [...known.warnings, ...ignored(input)] };

  const options = await sourceOptions(deps, asked, input);
  const reading = {
    purpose: 'parcels' as const,
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
    progress: part.read,
  };
  return readPlanned(
    [input.path, input.fileName, options, deps.config.limits.parcels, reading],
    (fields, rows) => planParcels(fields, rows, input.fieldMap),
    async (report, planned) => {
      const plan = await planned();
      const found = { region_code: plan.county, source: 'project-codes' } as const;
      const region = decideRegion(input.regionCode, found, deps.config.regionCode, input.regionBeside);
      // a dry run fills a set of its own that nobody asks for, and takes it out again
      const held = await claim(
        db,
        parcelSets,
        region.region_code,
        input.dryRun ? randomUUID() : id,
        {
          name: input.name ?? input.fileName,
          file_name: input.fileName,
          sha256,
          replaces: JSON.stringify(replacedBy(input)),
        },
        hooks.signal,
      );
      if (held === 'ready') return (await findReady(db, id))!;
      try {
        const stored = await store(db, held, report, input, plan, { ...hooks, progress: part.store });
        const result = {
          feature_count: report.feature_count,
          area_m2: stored.area_m2,
          warnings: [
            ...report.warnings,
            ...plan.warnings,
            ...tellOtherCounties(plan.counties, region, plan.fields.project_code),
            ...stored.warnings,
            ...(await unknownSets(db, input.replaces)),
          ],
          decisions: {
            crs: report.crs,
            encoding: report.encoding,
            fields: plan.fields,
            unit: stored.unit,
            region,
            layers: report.layers,
          },
        };
        hooks.signal?.throwIfAborted();
        const key = { region_code: region.region_code, parcel_set_id: held.id };
        const step = stepUnder(db, held, hooks.signal);
        // a server takes its own a minute later: 60,000 parcels were looked at in 92 s without these, in 24 s with them
        if (input.dryRun) await refreshStatistics(deps.database, 'parcels');
        const dry = input.dryRun ? { report: await dryRunReport(step, key, report.feature_count, part.check) } : {};
        if (input.dryRun) await discard(db, held);
        else
          await finish(db, held, {
            // as the database holds it, for runs to pin
            content_sha256: await parcelSetContent(
              step,
              { key, replaces: replacedBy(input), feature_count: report.feature_count },
              { lanes: hooks.lanes, progress: part.check },
            ),
            feature_count: result.feature_count,
            area_m2: result.area_m2,
            warnings: JSON.stringify(result.warnings),
            decisions: JSON.stringify(result.decisions),
          });
        hooks.progress?.(1);
        return { parcel_set_id: id, region_code: region.region_code, existing: known !== undefined, ...result, ...dry };
      } catch (error) {
        await abandon(db, held, hooks);
        throw error;
      }
    },
  );
}

/** One short statement at a time, each of which shows that the writer is alive. */
function stepUnder(db: Kysely<Schema>, held: Claim, signal: AbortSignal | undefined): Step {
  return (work) => {
    signal?.throwIfAborted();
    return underClaim(db, held, work);
  };
}

/** as the database writes them, by which they are found again */
const replacedBy = ({ replaces }: ReceiveParcelsInput) => (replaces ?? []).map((replaced) => replaced.toLowerCase());

async function store(
  db: Kysely<Schema>,
  held: Claim,
  report: SourceReport,
  { fileName, areaUnit }: ReceiveParcelsInput,
  plan: ParcelPlan,
  hooks: ReceiveHooks,
): Promise<DeclaredAreas> {
  const unreadable = new UnreadableValues();
  const units = new StatedUnits();
  const key = { region_code: held.region, parcel_set_id: held.id };
  const constants = { ...key, srid: report.crs.srid, edge: longestEdge(report.crs.srid) };
  const tally = await storeShapes(
    db,
    held,
    report,
    { ...hooks, progress: partOf(hooks.progress, 0, 0.9) },
    (shapes) => {
      const rows = {
        ...constants,
        ordinal: shapes.map((shape) => shape.number),
        ...columnsOf(shapes.map((shape) => plan.names[shape.number - 1]!)),
        ...columnsOf(shapes.map((shape) => readParcel(shape.row, plan.readings, unreadable, units))),
        source_file: shapes.map((shape) => shape.row.source_file),
        source_row: shapes.map((shape) => shape.row.row),
        ...shapeColumns(shapes),
      };
      return async (trx) => void (await insertParcels.run(trx, rows));
    },
    oddities,
  );
  if (tally.usable === 0) throw nothingUsable(report.feature_count, printable(fileName));
  const areas = await settleDeclaredAreas(db, held, report.feature_count, areaUnit, partOf(hooks.progress, 0.9, 0.1));
  const warnings = [
    ...tally.warnings(),
    ...unreadable.warnings(),
    ...areas.warnings,
    ...units.warnings(
      { declared_area_m2: areas.unit.gross?.unit ?? null, declared_net_m2: areas.unit.net?.unit ?? null },
      areaUnit !== undefined,
    ),
    ...(await outsideRegion(db, key)),
  ];
  return { ...areas, warnings };
}

/** Of parcels alone: reference layers are other people's, and 8 million vertices of them would be told odd for nothing. */
const oddities = ({ wkb, sound, row }: ShapeToStore, srid: number): StoredFault[] =>
  wkb === null ? [] : shapeProblems(wkb, srid, { sound, told: row.faults });

async function findReady(db: Kysely<Schema>, id: string): Promise<ReceivedParcels | undefined> {
  const row = await db
    .selectFrom('parcel_set')
    .select(['parcel_set_id', 'region_code', 'feature_count', 'area_m2', 'warnings', 'decisions'])
    .where('parcel_set_id', '=', id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...row,
    existing: true,
    warnings: row.warnings as Warning[],
    decisions: row.decisions as unknown as ParcelDecisions,
  };
}

/** The set that is here keeps what it was stored with; whoever names sets to replace now must hear that it has no effect. */
function ignored(input: ReceiveParcelsInput): Warning[] {
  if ((input.replaces ?? []).length === 0) return [];
  return [
    {
      code: 'replaces-ignored',
      message: {
        zh: '该文件此前已入库，这次填写的 replaces 不起作用；如需替换旧的地块集，请撤回旧的地块集',
        en: 'This file is here already, so replaces has no effect now; withdraw the older set instead',
      },
    },
  ];
}

async function unknownSets(db: Kysely<Schema>, ids: readonly string[] | undefined): Promise<Warning[]> {
  if (ids === undefined || ids.length === 0) return [];
  const rows = await db.selectFrom('parcel_set').select('parcel_set_id').where('parcel_set_id', 'in', ids).execute();
  const unknown = ids.filter((id) => !rows.some((row) => row.parcel_set_id === id.toLowerCase()));
  if (unknown.length === 0) return [];
  return [
    {
      code: 'replaces-unknown',
      message: {
        zh: `replaces 中的地块集不存在：${unknown.join('、')}`,
        en: `replaces names sets that are not here: ${unknown.join(', ')}`,
      },
      where: { field: 'replaces' },
    },
  ];
}
