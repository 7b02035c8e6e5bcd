/**
 * Sets the program's verdicts beside those of the witness: outcomes must be alike, areas within max(0.5 m², 1e-4 of the
 * parcel), books closed. Every difference is one sentence, so that a failing test says which parcel and by how much.
 */
type Json = Record<string, unknown>;

export interface Comparison {
  differences: string[];
  /** how many single values were set side by side: a comparison of nothing must not look like agreement */
  compared: number;
}

const books = ['deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2', 'kept_unverified_area_m2'];
const keyedAreas = ['by_class', 'by_group', 'by_recovery'];
/** a part that is both off the layer and without value may be named by either: the larger part decides, and parts can be equal */
const unknownReasons = new Set(['outside-coverage', 'no-data', 'attribute-missing']);

/** verdictsGeojson: a parsed verdicts.geojson; witnessJson: a parsed output of witness.py, compact or not. */
export function compareWithWitness(verdictsGeojson: unknown, witnessJson: unknown): Comparison {
  const ours = ((verdictsGeojson as Json)['features'] as Json[]).map((feature) => feature['properties'] as Json);
  const theirs = (witnessJson as Json)['parcels'] as Json[];
  const told = new Told();
  told.same('number of parcels', ours.length, theirs.length);
  theirs.forEach((witness, i) => {
    const found = ours[i];
    if (found) compareParcel(told, found, witness);
  });
  return { differences: told.differences, compared: told.compared };
}

class Told {
  differences: string[] = [];
  compared = 0;

  same(what: string, found: unknown, expected: unknown): void {
    this.compared++;
    if ((found ?? null) !== (expected ?? null)) this.differences.push(`${what}: ${found} instead of ${expected}`);
  }

  near(what: string, found: unknown, expected: number, tolerance: number): void {
    this.compared++;
    const off = typeof found === 'number' ? Math.abs(found - expected) : Number.NaN;
    if (!(off <= tolerance)) this.differences.push(`${what}: ${found} instead of ${expected} (tolerance ${tolerance})`);
  }
}

function compareParcel(told: Told, found: Json, witness: Json): void {
  const id = String(witness['parcel_id']);
  const area = (witness['area_m2'] ?? 0) as number;
  const tolerance = Math.max(0.5, 1e-4 * area);
  for (const key of ['parcel_id', 'project_code', 'township', 'verdict']) {
    told.same(`${id} ${key}`, found[key], witness[key]);
  }
  if (witness['project_name'] !== undefined)
    told.same(`${id} project_name`, found['project_name'], witness['project_name']);
  told.near(`${id} area_m2`, found['area_m2'], area, tolerance);
  if (typeof witness['declared_area_m2'] === 'number') {
    told.near(`${id} declared_area_m2`, found['declared_area_m2'], witness['declared_area_m2'], tolerance);
  }
  for (const key of books) told.near(`${id} ${key}`, found[key], (witness[key] ?? 0) as number, tolerance);
  const sum = books.slice(0, 4).reduce((total, key) => total + (found[key] as number), 0);
  told.near(`${id} sum of the books`, sum, found['area_m2'] as number, 1e-6 * Math.max(1, area));
  comparePieces(told, id, found['pieces'] as Json[], (witness['pieces'] ?? []) as Json[], tolerance);
  const checks = witness['checks'] as Record<string, Json | string>;
  for (const [check, entry] of Object.entries(checks)) {
    const expected = typeof entry === 'string' ? unfold(entry) : entry;
    compareFinding(told, `${id} ${check}`, (found['checks'] as Record<string, Json>)[check] ?? {}, expected, tolerance);
  }
}

/** Compact form of a finding without figures: "pass", "undetermined layer-missing". Nothing measured is an area of 0. */
export function unfold(text: string): Json {
  const [outcome, reason] = text.split(' ');
  return { outcome, ...(reason === undefined ? {} : { reason }) };
}

function compareFinding(told: Told, what: string, found: Json, witness: Json, tolerance: number): void {
  told.same(`${what} outcome`, found['outcome'], witness['outcome']);
  if (typeof witness['reason'] === 'string') {
    const alike = unknownReasons.has(witness['reason']) && unknownReasons.has(String(found['reason']));
    told.same(`${what} reason`, alike ? witness['reason'] : found['reason'], witness['reason']);
  }
  for (const key of ['area_m2', 'unknown_area_m2', 'difference_m2']) {
    if (witness['outcome'] === 'pass' && witness[key] === undefined && typeof found[key] === 'number') {
      if (key !== 'difference_m2') told.near(`${what} ${key}`, found[key], 0, tolerance);
    } else if (typeof witness[key] === 'number') told.near(`${what} ${key}`, found[key], witness[key], tolerance);
  }
  for (const key of ['year', 'base_year', 'base_year_source', 'source']) {
    if (witness[key] !== undefined) told.same(`${what} ${key}`, found[key], witness[key]);
  }
  for (const key of keyedAreas) {
    if (witness[key]) compareKeyed(told, `${what} ${key}`, asAreas(found[key]), asAreas(witness[key]), tolerance);
  }
  if (typeof witness['mean_slope_deg'] === 'number') {
    told.near(`${what} mean_slope_deg`, found['mean_slope_deg'], witness['mean_slope_deg'], 0.005);
  }
  if (Array.isArray(witness['class_area_m2'])) {
    const classes = (found['class_area_m2'] ?? []) as number[];
    witness['class_area_m2'].forEach((area: number, i) => {
      told.near(`${what} class_area_m2[${i}]`, classes[i], area, tolerance);
    });
  }
  if (Array.isArray(witness['with']) && witness['outcome'] === 'fail') {
    told.same(`${what} with`, sorted(found['with']), sorted(witness['with']));
  }
}

function comparePieces(told: Told, id: string, found: Json[], witness: Json[], tolerance: number): void {
  const key = (piece: Json) => `${(piece['reasons'] as string[]).join('+')}:${piece['measure']}`;
  const areas = (pieces: Json[]) => Object.fromEntries(pieces.map((p) => [key(p), p['area_m2'] as number]));
  told.same(`${id} pieces named twice`, new Set(found.map(key)).size, found.length);
  compareKeyed(told, `${id} piece`, areas(found), areas(witness), tolerance);
}

/** A key that only one side has is a difference when its area passes the tolerance. */
function compareKeyed(
  told: Told,
  what: string,
  found: Record<string, number>,
  witness: Record<string, number>,
  tolerance: number,
): void {
  for (const key of new Set([...Object.keys(found), ...Object.keys(witness)])) {
    told.near(`${what} ${key}`, found[key] ?? 0, witness[key] ?? 0, tolerance);
  }
}

function asAreas(value: unknown): Record<string, number> {
  return (value ?? {}) as Record<string, number>;
}

function sorted(ids: unknown): string {
  return Array.isArray(ids) ? [...ids].sort().join(', ') : String(ids);
}

/** The same for summary.json: counts alike, areas within 0.5 m² a parcel. */
export function compareSummaryWithWitness(summary: unknown, witnessJson: unknown): Comparison {
  const told = new Told();
  walkSummary(told, 'summary', summary as Json, (witnessJson as Json)['summary'] as Json);
  return { differences: told.differences, compared: told.compared };
}

function walkSummary(told: Told, path: string, found: unknown, witness: unknown): void {
  if (typeof witness === 'number') {
    const isArea = path.endsWith('_m2');
    told.near(path, found, witness, isArea ? Math.max(5, 1e-4 * Math.abs(witness)) : 0);
  } else if (Array.isArray(witness)) {
    told.same(`${path} length`, (found as unknown[] | undefined)?.length, witness.length);
    const byKey = (rows: unknown) =>
      [...((rows ?? []) as Json[])].sort((a, b) => (groupName(a) < groupName(b) ? -1 : 1));
    const ours = byKey(found);
    byKey(witness).forEach((row, i) => {
      walkSummary(told, `${path}[${groupName(row)}]`, ours[i], row);
    });
  } else if (witness !== null && typeof witness === 'object') {
    for (const [key, value] of Object.entries(witness)) {
      walkSummary(told, `${path}.${key}`, (found as Json | undefined)?.[key], value);
    }
  } else {
    told.same(path, found, witness);
  }
}

function groupName(row: Json): string {
  return String(row['project_code'] ?? row['township'] ?? '~');
}
