/** What two runs were frozen from that is not the same, by their manifests: what may be the cause where they say something else. Pure. */
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Manifest } from './manifest.ts';

export interface Changed<T = unknown> {
  before: T | null;
  after: T | null;
}

export interface LayerChange extends Changed<string> {
  type: string;
  year: number | null;
}

export interface ParameterChange extends Changed {
  check: string;
  key: string;
}

export interface RunChanges {
  layers: LayerChange[];
  parameters: ParameterChange[];
  checks: (Changed<number> & { check: string })[];
  engines: Record<string, Changed<string>>;
  /** versions of the project register; null where both runs used the same */
  register: Changed<string> | null;
  /** sets that take part, or their order: parcels may have other neighbours */
  sets: boolean;
}

export function changesBetween(before: Manifest, after: Manifest): RunChanges {
  const checkIds = union(before.checks.map(idOf), after.checks.map(idOf));
  const of = (manifest: Manifest, check: string) => manifest.checks.find(({ id }) => id === check);
  const setsOf = ({ inputs }: Manifest) =>
    canonicalJson(inputs.map(({ parcel_set_id, role }) => [parcel_set_id, role]));
  return {
    layers: layerChanges(before.layers, after.layers),
    parameters: checkIds.flatMap((check) => {
      const [then, now] = [of(before, check)?.params, of(after, check)?.params];
      // a check that one of them has not is another version of the checks, not another parameter
      if (!then || !now) return [];
      return changedKeys<unknown>(then, now).map(([key, values]) => ({ check, key, ...values }));
    }),
    checks: checkIds.flatMap((check) => {
      const values = { before: of(before, check)?.version ?? null, after: of(after, check)?.version ?? null };
      return values.before === values.after ? [] : [{ check, ...values }];
    }),
    engines: Object.fromEntries(changedKeys(before.engines, after.engines)),
    register: registerChange(before.register?.register_id ?? null, after.register?.register_id ?? null),
    sets: setsOf(before) !== setsOf(after),
  };
}

const registerChange = (before: string | null, after: string | null) => (before === after ? null : { before, after });
const idOf = ({ id }: { id: string }) => id;
const union = (a: string[], b: string[]) => [...new Set([...a, ...b])];

function changedKeys<T>(before: Record<string, T>, after: Record<string, T>): [string, Changed<T>][] {
  return union(Object.keys(before), Object.keys(after))
    .filter((key) => before[key] !== after[key])
    .map((key) => [key, { before: before[key] ?? null, after: after[key] ?? null }]);
}

/** Versions of one kind of layer stand against each other: of land use those of one year, of all others those of the type. */
function layerChanges(before: Manifest['layers'], after: Manifest['layers']): LayerChange[] {
  const slot = ({ type, year }: Manifest['layers'][number]) => (type === 'land-use' ? `${type}@${year}` : type);
  return union(before.map(slot), after.map(slot)).flatMap((name) => {
    const only = (these: Manifest['layers'], those: Manifest['layers']) =>
      these.filter((layer) => slot(layer) === name && !those.some(({ layer_id }) => layer_id === layer.layer_id));
    const [gone, come] = [only(before, after), only(after, before)];
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, n) => {
      const layer = (come[n] ?? gone[n])!;
      const ids = { before: gone[n]?.layer_id ?? null, after: come[n]?.layer_id ?? null };
      return { type: layer.type, year: layer.year, ...ids };
    });
  });
}
