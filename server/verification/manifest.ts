/** The manifest of a run: everything its figures depend on, pinned, so that they can be recomputed years later to the same digits. */
import { createHash } from 'node:crypto';
import type { ParamValues, RunLayer } from '../checks/check.ts';
import { checks } from '../checks/index.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Sentence } from '../errors.ts';
import type { Deps } from './run-context.ts';
import { engineVersion } from './version.ts';

export interface ManifestSet {
  parcel_set_id: string;
  role: 'judged' | 'earlier';
  name: string;
  file_name: string;
  sha256: string;
  /** of its rows in the database (database/content.ts); `sha256` is of the file */
  content_sha256: string | null;
  feature_count: number;
  decisions: Record<string, unknown>;
}

export interface ManifestLayer extends RunLayer {
  file_name: string;
  content_sha256: string | null;
  source: string | null;
  feature_count: number;
  decisions: Record<string, unknown>;
}

/** The version of the county's project register that counted. */
export interface ManifestRegister {
  register_id: string;
  version_no: number;
  file_name: string;
  sha256: string;
  content_sha256: string;
  project_count: number;
  certified_count: number;
  pending_count: number;
  decisions: Record<string, unknown>;
}

export interface Assumption {
  code: string;
  message: Sentence;
}

export interface Manifest {
  manifest_version: 1;
  region_code: string;
  created_at: string;
  inputs: ManifestSet[];
  layers: Omit<ManifestLayer, 'raster'>[];
  /** absent where the county had none, or the run was to use none */
  register?: ManifestRegister | undefined;
  checks: { id: string; version: number; params: ParamValues }[];
  engines: Record<string, string>;
  assumptions: Assumption[];
  /** hash of all the above but the time: the same evidence gives the same results */
  evidence_sha256: string;
}

export function buildManifest(input: {
  database: Database;
  runtime: Config['runtime'];
  regionCode: string;
  sets: ManifestSet[];
  layers: ManifestLayer[];
  register: ManifestRegister | undefined;
  params: Record<string, ParamValues>;
}): Manifest {
  const { database, runtime, regionCode, sets, layers, register, params } = input;
  const frozen = {
    manifest_version: 1 as const,
    region_code: regionCode,
    inputs: sets,
    layers: layers.map(({ raster: _, ...layer }) => layer),
    // without a register the manifest is what it was before there were any, to the byte
    ...(register === undefined ? {} : { register }),
    checks: checks.map((check) => ({ id: check.id, version: check.version, params: params[check.id] ?? {} })),
    engines: enginesOf(database, runtime),
    assumptions: assumptionsOf(sets, layers, params),
  };
  return { ...frozen, created_at: new Date().toISOString(), evidence_sha256: evidenceOf(frozen) };
}

/** What computes: another version of any of these may give other digits. */
export function enginesOf(
  database: Pick<Database, 'kind' | 'engine'>,
  runtime: Config['runtime'],
): Record<string, string> {
  return { zhanbu: engineVersion, database: database.kind, ...database.engine, ...runtime };
}

/** In an order of its own, so that it can be taken again of a manifest that the database has kept. */
export function evidenceOf(frozen: Omit<Manifest, 'created_at' | 'evidence_sha256'>): string {
  return createHash('sha256').update(canonicalJson(frozen)).digest('hex');
}

/** Whether this process computes with what the run was frozen with. */
export function sameEngines({ engines }: Manifest, { database, config }: Deps): boolean {
  const here = enginesOf(database, config.runtime);
  const names = Object.keys(engines);
  return names.length === Object.keys(here).length && names.every((name) => engines[name] === here[name]);
}

/** What the figures take for granted without evidence in the files. */
function assumptionsOf(
  sets: ManifestSet[],
  layers: ManifestLayer[],
  params: Record<string, ParamValues>,
): Assumption[] {
  const found: Assumption[] = [];
  const typed = new Set(layers.map((layer) => layer.type));
  if (!typed.has('boundary')) {
    const vector = [...typed]
      .filter((type) => !['land-use', 'slope', 'dem', 'boundary', 'township'].includes(type))
      .sort();
    if (vector.length > 0) {
      found.push({
        code: 'complete-without-boundary',
        message: {
          zh: `没有县界图层：${vector.join('、')} 视为全域完整`,
          en: `No boundary layer: ${vector.join(', ')} taken as complete everywhere`,
        },
      });
    }
  }
  for (const { file_name, decisions } of [...sets, ...layers]) {
    const crs = decisions['crs'] as { source?: string; srid?: number } | undefined;
    if (crs?.source === 'inferred') {
      found.push({
        code: 'crs-inferred',
        message: {
          zh: `${file_name} 没有坐标系说明，按 CGCS2000 EPSG:${crs.srid} 处理`,
          en: `${file_name} states no system; CGCS2000 EPSG:${crs.srid} assumed`,
        },
      });
    }
  }
  if (params['prior-farmland']?.['base_year'] === null && typed.has('land-use')) {
    found.push({
      code: 'start-year-from-code',
      message: {
        zh: '项目登记没有开始年份时，取 14 位项目编号第 7–10 位为开始年份',
        en: 'Where the register gives no start year, digits 7–10 of the 14-digit project code are taken for it',
      },
    });
  }
  return found;
}
