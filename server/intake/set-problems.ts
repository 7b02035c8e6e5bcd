/**
 * Every problem of a parcel set with its place, in upload order: the faults stored with each shape, and what only the set, the county's
 * other sets and its boundary tell. The latter is worked out when asked, a stretch of parcels at a time: it changes with what is uploaded
 * later, so it is neither stored nor a part of what a run pins.
 * 20,000 parcels of 26 vertices in clusters: 3.7 s on the embedded database, none of its statements over 0.11 s; their intake 6.8 s.
 */
import { sql } from 'kysely';
import type { Step } from '../database/content.ts';
import { type Db, sqlFile } from '../database/sql-file.ts';
import { parseShape } from '../overlay/shape.ts';
import { metresPerDegree } from '../terrain/horn.ts';
import type { StoredFault } from './faults.ts';
import { reachDeg } from './gaps.ts';
import { type Found, neighbourProblems, type PlacedParcel, placeOf } from './neighbour-problems.ts';
import { outsideM } from './quality-limits.ts';

/** A problem of a parcel with its place: row of the file, and lon/lat where it has one. */
export interface LocatedProblem extends StoredFault {
  source_file: string;
  source_row: number;
  parcel_id: string;
}

export type SetKey = { region_code: string; parcel_set_id: string };

interface ParcelRow extends Omit<PlacedParcel, 'shape'> {
  /** of the parcels asked for alone */
  source_file: string | null;
  source_row: number | null;
  faults: StoredFault[] | null;
  shape: Buffer | null;
}

const parcelRows = sqlFile<ParcelRow>('queries/problem-parcels');
const twinRows = sqlFile<{ ordinal: number; twin: string; twin_set: string | null; twin_set_name: string | null }>(
  'queries/problem-twins',
);
const outsideRows = sqlFile<{
  ordinal: number;
  wholly: boolean;
  vertices: number;
  /** degrees of latitude */
  distance_deg: number | null;
  lon: number;
  lat: number;
}>('queries/problem-outside');

/** metres of a degree of latitude, near enough to say what is nothing */
const degreeM = 111_000;

/** ms that a stretch should take: on the embedded database nobody else is served during a statement, here nobody during the sums after it */
const wanted = { least: 100, most: 300 };
const most = 500;

/** One portion a stretch, empty ones too. `step` does one short statement in a transaction of its own. */
export async function* setProblems(
  step: Step,
  key: SetKey,
  parcels: number,
  progress?: (share: number) => void,
): AsyncGenerator<LocatedProblem[], void, undefined> {
  let size = 50;
  for (let first = 1; first <= parcels; ) {
    const started = performance.now();
    const last = Math.min(parcels, first + size - 1);
    yield await problemsOf(step, { ...key, first, last });
    first = last + 1;
    progress?.(last / parcels);
    const took = performance.now() - started;
    if (took < wanted.least) size = Math.min(2 * size, most);
    else if (took > wanted.most) size = Math.max(1, Math.floor(size / 2));
  }
}

/** The rows were just stored, so the planner takes the table for empty and would read all of it for each parcel. */
function byIndex<T>(step: Step, work: (db: Db) => Promise<T>): Promise<T> {
  return step(async (db) => {
    await sql`set local enable_seqscan = off`.execute(db);
    return await work(db);
  });
}

async function problemsOf(step: Step, stretch: SetKey & { first: number; last: number }): Promise<LocatedProblem[]> {
  const rows = await byIndex(step, (db) => parcelRows.all(db, { ...stretch, reach: reachDeg }));
  const twins = await byIndex(step, (db) => twinRows.all(db, stretch));
  const outside = await byIndex(step, (db) => outsideRows.all(db, { ...stretch, least_deg: outsideM / degreeM }));
  const placed = rows.flatMap(({ shape, ...row }) => (shape === null ? [] : [{ ...row, shape: parseShape(shape) }]));
  const shapes = new Map(placed.map(({ ordinal, shape }) => [ordinal, shape]));
  const found: Found[] = [
    ...twins.map(({ ordinal, ...twin }) => ({
      ordinal,
      fault: { ...duplicate(twin), ...placeOf(shapes.get(ordinal)!) },
    })),
    ...outside.map(({ ordinal, ...out }) => ({ ordinal, fault: beyond(out) })),
    ...neighbourProblems(placed, stretch.first, stretch.last),
  ];
  const byParcel = Map.groupBy(found, ({ ordinal }) => ordinal);
  return rows.flatMap(({ ordinal, parcel_id, source_file, source_row, faults }) => {
    if (source_file === null || source_row === null) return [];
    const all = [...(faults ?? []), ...(byParcel.get(ordinal) ?? []).map(({ fault }) => fault)];
    return all.map((fault) => ({ source_file, source_row, parcel_id, ...fault }));
  });
}

/** Within the set it is what parcel-geometry fails for; another set may be an older delivery, which people decide. */
function duplicate(twin: { twin: string; twin_set: string | null; twin_set_name: string | null }) {
  const { twin: parcel, twin_set, twin_set_name } = twin;
  if (twin_set === null)
    return {
      code: 'duplicate-shape',
      with: parcel,
      message: `图形与地块 ${parcel} 完全相同`,
      message_en: `Same shape as parcel ${parcel}`,
    };
  return {
    code: 'duplicate-in-other-set',
    with: parcel,
    with_parcel_set_id: twin_set,
    message: `图形与地块集“${twin_set_name}”中的地块 ${parcel} 完全相同`,
    message_en: `Same shape as parcel ${parcel} of the set "${twin_set_name}"`,
    warning: true as const,
  };
}

function beyond(out: { wholly: boolean; vertices: number; distance_deg: number | null; lon: number; lat: number }) {
  const place = { lon: out.lon, lat: out.lat };
  if (out.wholly || out.distance_deg === null)
    return {
      code: 'outside-boundary',
      message: '地块全部位于县界之外',
      message_en: 'Wholly outside the county boundary',
      ...place,
    };
  const length_m = out.distance_deg * metresPerDegree(out.lat).lat;
  const m = length_m.toFixed(2);
  return {
    code: 'vertex-outside-boundary',
    message: `${out.vertices} 个界址点在县界之外，最远 ${m} 米`,
    message_en: `${out.vertices} points outside the county boundary, the furthest by ${m} m`,
    length_m,
    ...place,
    warning: true as const,
  };
}
