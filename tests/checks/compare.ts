/** Sets what a run says beside what was worked out by hand; every difference is a line that names parcel and key. */
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import type { ExpectedParcel, Fixture, Run } from './fixture.ts';

/** m²: planar figures on the central meridian are the ellipsoidal ones to 1e-7 within 1 km of it */
const tolerance = 0.01;
/** 1 cm */
const degrees = 1e-7;
/** maps whose keys are data: one key more is a difference */
const closed = new Set(['by_class', 'by_group', 'by_recovery']);
const books = ['deduct', 'restore', 'remediate', 'kept'] as const;

export function differences({ check, expected }: Fixture, run: Run, features: VerdictFeature[]): string[] {
  const wanted = expected[run.id];
  if (wanted === undefined) return [`out/expected.json has no run "${run.id}"`];
  const parcels: ExpectedParcel[] = Array.isArray(wanted)
    ? wanted
    : features.map(({ properties }) => ({ ...wanted.every, parcel: properties.parcel_id }));
  const ids = features.map(({ properties }) => properties.parcel_id);
  const named = parcels.map(({ parcel }) => parcel);
  if (ids.join('|') !== named.join('|')) return [`parcels ${ids.join(', ')} instead of ${named.join(', ')}`];
  return parcels.flatMap(({ parcel, why: _, books: booked, pieces, others = {}, ...finding }, i) => {
    const { properties } = features[i]!;
    return [
      ...closes(properties),
      ...compare(`${parcel}: ${check}`, properties.checks[check], finding),
      ...Object.entries(others).flatMap(([other, of]) =>
        compare(`${parcel}: ${other}`, properties.checks[other as typeof check], of),
      ),
      ...(booked === undefined
        ? []
        : books.flatMap((book) => compare(`${parcel}: ${book}`, properties[`${book}_area_m2`], booked[book] ?? 0))),
      ...(pieces === undefined ? [] : compare(`${parcel}: pieces`, properties.pieces, pieces)),
    ];
  });
}

/** Of every parcel of every run, expected or not: books close to 1e-6, and what is unverified is part of what is kept. */
function closes(p: VerdictFeature['properties']): string[] {
  const sum = p.deduct_area_m2 + p.restore_area_m2 + p.remediate_area_m2 + p.kept_area_m2;
  return [
    ...(Math.abs(sum - p.area_m2) <= 1e-6 ? [] : [`${p.parcel_id}: books sum to ${sum}, not ${p.area_m2}`]),
    ...(p.kept_unverified_area_m2 <= p.kept_area_m2 ? [] : [`${p.parcel_id}: more unverified than kept`]),
  ];
}

/** Keys of `wanted` only, but all of a map of data; null stands for a key that must be absent or null. */
export function compare(at: string, got: unknown, wanted: unknown): string[] {
  const wrong = [`${at} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  if (wanted === null) return got === null || got === undefined ? [] : wrong;
  if (typeof wanted === 'number') {
    const allowed = /\.(lon|lat)$/.test(at) ? degrees : tolerance;
    return typeof got === 'number' && Math.abs(got - wanted) <= allowed ? [] : wrong;
  }
  if (typeof wanted !== 'object') return got === wanted ? [] : wrong;
  if (typeof got !== 'object' || got === null) return wrong;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return wrong;
    return wanted.flatMap((one, i) => compare(`${at}[${i}]`, got[i], one));
  }
  const [has, needs] = [got as Record<string, unknown>, wanted as Record<string, unknown>];
  const keys = closed.has(at.split('.').at(-1)!)
    ? new Set([...Object.keys(needs), ...Object.keys(has)])
    : Object.keys(needs);
  return [...keys].flatMap((key) => compare(`${at}.${key}`, has[key], needs[key] ?? null));
}
