/** `verify`: files in, verdict files out. The same functions as behind HTTP, on the database given or an embedded one of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Config } from './config.ts';
import { openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { refreshStatistics } from './database/statistics.ts';
import type { AreaUnit } from './domain/area-units.ts';
import type { RunSummary } from './domain/verdict-feature.ts';
import { writeVerdictFiles } from './exports/verdict-files.ts';
import { countyOfParcels } from './intake/county-of-parcels.ts';
import type { IncrementAsked } from './intake/increment-base.ts';
import { receiveLayer } from './intake/receive-layer.ts';
import { type ReceiveParcelsInput, receiveParcels } from './intake/receive-parcels.ts';
import type { RegionDecision } from './intake/region.ts';
import { receiveRegister } from './intake/register/receive-register.ts';
import type { ReceiveDeps } from './intake/request.ts';
import { createRun } from './verification/create-run.ts';
import { executeRun } from './verification/run.ts';

export interface VerifyRequest {
  parcels: string[];
  layers: { type: string; year?: number; file: string }[];
  params: Record<string, Record<string, unknown>>;
  region?: string;
  fieldMap: Record<string, string>;
  replaces: string[];
  /** '' speaks of the parcel files */
  srid: Map<string, number>;
  encoding: Map<string, string>;
  sublayer: Map<string, string>;
  /** what the areas in parcel files are in; '' speaks of them all */
  areaUnit: Map<string, AreaUnit>;
  /** a project register, taken before the run */
  register?: string;
  /** layer files that are increments of another one's year */
  increments: Map<string, IncrementAsked>;
  databaseUrl?: string;
  out: string;
}

export async function verifyFiles(
  config: Config,
  request: VerifyRequest,
  say: (line: string) => void,
): Promise<RunSummary> {
  const started = performance.now();
  mkdirSync(request.out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'zhanbu-verify-'));
  const database = await openDatabase({ databaseUrl: request.databaseUrl, dataDir: join(work, 'database') });
  try {
    await migrate(database);
    return await verifyWith({ database, config: { ...config, dataDir: work } }, request, say, started);
  } finally {
    await database.close();
    rmSync(work, { recursive: true, force: true });
  }
}

async function verifyWith(
  deps: ReceiveDeps,
  request: VerifyRequest,
  say: (line: string) => void,
  started: number,
): Promise<RunSummary> {
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const tell = (line: string, warnings: { message: { zh: string } }[]) => {
    say(`${line} (${seconds()})`);
    for (const warning of warnings) say(`  ! ${warning.message.zh}`);
  };
  const beside = request.region === undefined ? await regionBeside(deps, request) : undefined;
  const setIds: string[] = [];
  let region = request.region;
  for (const path of request.parcels) {
    // a file that names no county is of that of the others; one that names another is refused by the run
    const set = await receiveParcels(deps, { ...parcelInput(request, path), regionBeside: beside });
    tell(`${basename(path)}: ${set.feature_count} parcels, ${set.area_m2.toFixed(2)} m²`, set.warnings);
    region ??= set.region_code;
    setIds.push(set.parcel_set_id);
  }
  const layerIds = new Set<string>();
  const landUse: LandUse[] = [];
  for (const layer of basesFirst(request)) {
    const increment = ofCommand(request.increments.get(layer.file), layer.year, landUse);
    const received = await receiveLayer(deps, { ...layerInput(request, layer, region), ...increment });
    if (layer.type === 'land-use') landUse.push({ year: layer.year!, layer_id: received.layer_id });
    const label = `${layer.type}${layer.year ? `@${layer.year}` : ''}`;
    tell(`${basename(layer.file)}: ${label}, ${received.feature_count} features`, received.warnings);
    layerIds.add(received.layer_id);
  }
  let registerId: string | undefined;
  if (request.register !== undefined) {
    const path = request.register;
    const received = await receiveRegister(deps, { path, fileName: basename(path), regionCode: region });
    tell(
      `${basename(path)}: ${received.certified_count} certified, ${received.pending_count} pending projects`,
      received.warnings,
    );
    registerId = received.register_id;
  }
  await refreshStatistics(deps.database, 'parcels');
  await refreshStatistics(deps.database, 'layers');
  const run = await createRun(deps, {
    parcelSetIds: setIds,
    layerIds: [...layerIds],
    params: request.params,
    ...(registerId === undefined ? {} : { registerId }),
    order: 'given',
  });
  const key = { region_code: run.region_code, run_id: run.run_id };
  let told = 0;
  const summary = await executeRun(deps, key, {
    progress: (share) => {
      if (share - told < 0.1 && share < 1) return;
      told = share;
      say(`verify: ${Math.round(share * 100)} % (${seconds()})`);
    },
  });
  return writeVerdictFiles(
    deps.database.db,
    key,
    summary,
    run.manifest,
    request.out,
    () => (performance.now() - started) / 1000,
  );
}

interface LandUse {
  year: number;
  layer_id: string;
}

/** Whole layers in the order given, then increments by year: each finds the year before it, whatever order they were named in. */
function basesFirst({ layers, increments }: VerifyRequest): VerifyRequest['layers'] {
  const [later, first] = [true, false].map((is) => layers.filter(({ file }) => increments.has(file) === is));
  return [...first!, ...later!.sort((a, b) => (a.year ?? 0) - (b.year ?? 0))];
}

/** A base of the command's own goes before what else the database has of that county: it was named here. */
function ofCommand(
  asked: IncrementAsked | undefined,
  year: number | undefined,
  landUse: readonly LandUse[],
): IncrementAsked | undefined {
  if (asked === undefined || asked.baseLayerId !== undefined || year === undefined) return asked;
  const fit = landUse.filter((layer) =>
    asked.baseYear === undefined ? layer.year < year : layer.year === asked.baseYear,
  );
  const base = fit.reduce<LandUse | undefined>(
    (best, layer) => (best && best.year > layer.year ? best : layer),
    undefined,
  );
  return base === undefined ? asked : { ...asked, baseLayerId: base.layer_id };
}

/**
 * The county of a parcel file whose project codes name none (CONTRACT §3.1 Region): that of the codes in the other files, else that of
 * the boundary layer (XZQDM); undefined where neither says one. A single file is not read for it: receiving it tells.
 */
async function regionBeside(deps: ReceiveDeps, request: VerifyRequest): Promise<RegionDecision | undefined> {
  const layer = request.layers.find(({ type }) => type === 'boundary');
  const boundary = layer && (await receiveLayer(deps, layerInput(request, layer, undefined)));
  const beside = boundary && (boundary.decisions['region'] as RegionDecision);
  if (request.parcels.length === 1) return beside;
  for (const path of request.parcels) {
    const code = await countyOfParcels(deps, { ...parcelInput(request, path), regionBeside: beside });
    if (code !== null) return { region_code: code, source: 'project-codes' };
  }
  return beside;
}

function parcelInput(request: VerifyRequest, path: string): ReceiveParcelsInput {
  return {
    path,
    fileName: basename(path),
    regionCode: request.region,
    ...readingOf(request, path, true),
    areaUnit: request.areaUnit.get(path) ?? request.areaUnit.get(''),
    fieldMap: request.fieldMap,
    replaces: request.replaces,
  };
}

function layerInput(request: VerifyRequest, layer: VerifyRequest['layers'][number], regionCode: string | undefined) {
  const { type, year, file: path } = layer;
  return { path, fileName: basename(path), type, year, regionCode, ...readingOf(request, path, false) };
}

/** How a file is to be read; what names no file speaks of the parcel files. */
function readingOf({ srid, encoding, sublayer }: VerifyRequest, path: string, parcels: boolean) {
  const of = <T>(said: Map<string, T>) => said.get(path) ?? (parcels ? said.get('') : undefined);
  return { srid: of(srid), encoding: of(encoding), sublayer: of(sublayer) };
}
