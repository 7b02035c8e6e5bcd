/** Whether the inputs of a run are what it pinned: sets, layers and parameters by the manifest, their rows by a digest. */
import type { Kysely } from 'kysely';
import { layerContent, parcelSetContent, type Step } from '../database/content.ts';
import { registerContent, registerProjects } from '../database/register-content.ts';
import type { Schema } from '../database/schema.ts';
import { type Difference, leavesThatDiffer } from './differences.ts';
import { evidenceOf, type Manifest, type ManifestSet } from './manifest.ts';
import type { RunKey } from './run-context.ts';

export interface StandingRun {
  manifest: Manifest;
  params: Record<string, Record<string, unknown>>;
  parcel_count: number;
}

export interface InputHooks {
  step: Step;
  /** share of the inputs looked at */
  progress: (share: number) => void;
}

export async function changedInputs(
  db: Kysely<Schema>,
  key: RunKey,
  run: StandingRun,
  hooks: InputHooks,
): Promise<Difference[]> {
  const { manifest } = run;
  const found = [...ofManifest(run), ...(await ofNames(db, key, manifest)), ...(await ofRegister(db, key, manifest))];
  const total = manifest.inputs.length + manifest.layers.length;
  let done = 0;
  for (const set of manifest.inputs) {
    found.push(...(await ofSet(db, key.region_code, set, hooks.step)));
    hooks.progress(++done / total);
  }
  for (const layer of manifest.layers) {
    found.push(...(await ofLayer(db, key.region_code, layer, hooks.step)));
    hooks.progress(++done / total);
  }
  return found;
}

const ofRun = { parcel_id: null, check: null };

/** The manifest answers for itself, and the run's own columns say the same. */
function ofManifest({ manifest, params, parcel_count }: StandingRun): Difference[] {
  const { created_at: _, evidence_sha256, ...frozen } = manifest;
  const pinned = {
    evidence_sha256: evidenceOf(frozen),
    params: paramsOf(manifest),
    parcel_count: judgedSets(manifest).reduce((sum, set) => sum + set.feature_count, 0),
  };
  return leavesThatDiffer('run', { evidence_sha256, params, parcel_count }, pinned).map((leaf) => ({
    ...ofRun,
    ...leaf,
  }));
}

export const paramsOf = (manifest: Manifest) =>
  Object.fromEntries(manifest.checks.map(({ id, params }) => [id, params]));

const judgedSets = ({ inputs }: Manifest): ManifestSet[] => inputs.filter(({ role }) => role === 'judged');

/** The run's place of the first parcel of each judged set, less one. */
export function firstOrdinals(manifest: Manifest): Map<string, number> {
  let first = 0;
  return new Map(
    judgedSets(manifest).map(({ parcel_set_id, feature_count }) => {
      first += feature_count;
      return [parcel_set_id, first - feature_count];
    }),
  );
}

/** The rows by which the statements of a run find its sets and layers. */
async function ofNames(db: Kysely<Schema>, key: RunKey, manifest: Manifest): Promise<Difference[]> {
  const sets = await db
    .selectFrom('run_set')
    .select(['parcel_set_id', 'ordinal', 'role', 'first_ordinal'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .execute();
  const layers = await db
    .selectFrom('run_layer')
    .select('layer_id')
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .execute();
  const first = firstOrdinals(manifest);
  const pinnedSets = manifest.inputs.map(({ parcel_set_id, role }, ordinal) => [
    parcel_set_id,
    { ordinal, role, first_ordinal: first.get(parcel_set_id) ?? 0 },
  ]);
  const standingSets = sets.map(({ parcel_set_id, ...place }) => [parcel_set_id, place]);
  return [
    ...leavesThatDiffer('run.parcel_sets', Object.fromEntries(standingSets), Object.fromEntries(pinnedSets)),
    ...leavesThatDiffer(
      'run.layers',
      layers.map(({ layer_id }) => layer_id).sort(),
      manifest.layers.map(({ layer_id }) => layer_id).sort(),
    ),
  ].map((leaf) => ({ ...ofRun, ...leaf }));
}

async function ofSet(db: Kysely<Schema>, region_code: string, pinned: ManifestSet, step: Step): Promise<Difference[]> {
  const { parcel_set_id, name, sha256, feature_count, content_sha256 } = pinned;
  const row = await db
    .selectFrom('parcel_set')
    .select(['sha256', 'feature_count', 'replaces'])
    .where('region_code', '=', region_code)
    .where('parcel_set_id', '=', parcel_set_id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  const standing = row && {
    sha256: row.sha256,
    feature_count: row.feature_count,
    content_sha256: await parcelSetContent(step, {
      key: { region_code, parcel_set_id },
      replaces: row.replaces,
      feature_count: row.feature_count,
    }),
  };
  return told({ parcel_set_id, name }, { sha256, feature_count, content_sha256 }, standing);
}

async function ofRegister(db: Kysely<Schema>, { region_code }: RunKey, { register }: Manifest): Promise<Difference[]> {
  if (register === undefined) return [];
  const { register_id, file_name: name, version_no, sha256, project_count, content_sha256 } = register;
  const row = await db
    .selectFrom('project_register')
    .select(['version_no', 'sha256', 'project_count'])
    .where('region_code', '=', region_code)
    .where('register_id', '=', register_id)
    .executeTakeFirst();
  const standing = row && {
    ...row,
    content_sha256: registerContent(await registerProjects(db, { region_code, register_id })),
  };
  return told({ register_id, name }, { version_no, sha256, project_count, content_sha256 }, standing);
}

async function ofLayer(
  db: Kysely<Schema>,
  region_code: string,
  pinned: Manifest['layers'][number],
  step: Step,
): Promise<Difference[]> {
  const { layer_id, name, type, year, sha256, code_system, feature_count, content_sha256 } = pinned;
  const row = await db
    .selectFrom('layer')
    .select(['type', 'year', 'sha256', 'code_system', 'feature_count', 'raster'])
    .where('region_code', '=', region_code)
    .where('layer_id', '=', layer_id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  let standing: Record<string, unknown> | undefined;
  if (row) {
    const { raster, ...labels } = row;
    const content = await layerContent(step, { key: { region_code, layer_id }, raster, ...labels });
    standing = { ...labels, content_sha256: content };
  }
  return told({ layer_id, name }, { type, year, sha256, code_system, feature_count, content_sha256 }, standing);
}

/** What the run pinned is what it `stored`; what stands now is what is found again. A digest that was never taken proves nothing. */
function told(
  input: Pick<Difference, 'layer_id' | 'parcel_set_id' | 'register_id' | 'name'>,
  pinned: Record<string, unknown>,
  standing: Record<string, unknown> | undefined,
): Difference[] {
  const leaves =
    standing === undefined
      ? [{ field: 'input', stored: 'ready', recomputed: null }]
      : leavesThatDiffer('', pinned, standing);
  return leaves.map((leaf) => ({ ...ofRun, ...leaf, ...input }));
}
