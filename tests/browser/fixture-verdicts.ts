/** Recorded answers about the parcels of a made-up run: filtered, sorted and counted as CONTRACT §5 says, by the plainest means. */
import { checkIds, type Outcome, outcomes, verdicts } from '../../server/domain/outcome.ts';
import type { FindingOut, VerdictFeature, VerdictProperties } from '../../server/domain/verdict-feature.ts';

export type Row = VerdictFeature & { id: number };
type States = (finding: FindingOut) => string[];

/** Before anybody has decided, every flag is suspected. */
const stateOf: States = (finding) => {
  const review = finding['review'] as { state: string; stale: boolean } | undefined;
  if (!review) return finding.outcome === 'fail' ? ['suspected'] : [];
  return review.stale ? [review.state, 'stale'] : [review.state];
};

type Test = (row: Row) => boolean;

/** One test for each filter that is asked, by its name. */
function testsOf(query: URLSearchParams): Map<string, Test> {
  const tests = new Map<string, Test>();
  const [check, state] = [query.get('check'), query.get('state')];
  const outcome = query.get('outcome') ?? (check !== null && state === null ? 'fail' : null);
  const findings = ({ properties: { checks } }: Row): FindingOut[] =>
    check === null ? Object.values(checks) : [checks[check as keyof typeof checks]];
  const equal = (key: 'verdict' | 'project_code' | 'township') => {
    const wanted = query.get(key);
    if (wanted !== null) tests.set(key, ({ properties: p }) => (p[key] ?? '') === wanted);
  };
  for (const key of ['verdict', 'project_code', 'township'] as const) equal(key);
  if (outcome !== null) tests.set('check', (row) => findings(row).some((finding) => finding.outcome === outcome));
  if (state !== null) tests.set('state', (row) => findings(row).some((finding) => stateOf(finding).includes(state)));
  const [least, most] = [query.get('area_min'), query.get('area_max')];
  if (least !== null) tests.set('area_min', ({ properties: p }) => p.area_m2 >= Number(least));
  if (most !== null) tests.set('area_max', ({ properties: p }) => p.area_m2 <= Number(most));
  const q = query.get('q')?.toLowerCase();
  if (q !== undefined)
    tests.set('q', ({ properties: p }) =>
      [p.parcel_id, p.project_code, p.project_name].some((text) => text?.toLowerCase().includes(q)),
    );
  return tests;
}

function sorted(rows: readonly Row[], sort: string): Row[] {
  if (sort === 'upload') return [...rows];
  const key = sort.replace('-', '') as keyof VerdictProperties;
  const sign = sort.startsWith('-') ? -1 : 1;
  const value = (row: Row) => (row.properties[key] ?? '') as string | number;
  return rows.toSorted((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : a.id - b.id));
}

/** @returns all that match, in the order asked for */
export function matching(rows: readonly Row[], query: URLSearchParams): Row[] {
  const tests = [...testsOf(query).values()];
  return sorted(
    rows.filter((row) => tests.every((test) => test(row))),
    query.get('sort') ?? 'upload',
  );
}

export function facetsOf(rows: readonly Row[], query: URLSearchParams) {
  const without = (...keys: string[]) => {
    const others = new URLSearchParams([...query].filter(([key]) => !keys.includes(key)));
    return matching(rows, others);
  };
  const grouped = (key: 'project_code' | 'township') => [
    ...Map.groupBy(without(key), (row) => row.properties[key]).entries(),
  ];
  const of = <K extends string>(keys: readonly K[], count: (key: K) => number) =>
    Object.fromEntries(keys.map((key) => [key, count(key)]));
  const withOutcome = (check: (typeof checkIds)[number], outcome: Outcome) =>
    without('check', 'outcome').filter((row) => row.properties.checks[check].outcome === outcome).length;
  return {
    number_matched: matching(rows, query).length,
    verdict: of(verdicts, (verdict) => without('verdict').filter((row) => row.properties.verdict === verdict).length),
    check: Object.fromEntries(checkIds.map((check) => [check, of(outcomes, (outcome) => withOutcome(check, outcome))])),
    project_code: grouped('project_code').map(([project_code, group]) => ({
      project_code,
      project_name: group[0]!.properties.project_name,
      count: group.length,
    })),
    township: grouped('township').map(([township, group]) => ({ township, count: group.length })),
    state: of(['suspected', 'confirmed', 'rejected', 'stale'], (state) => {
      const others = without('state');
      return others.filter((row) => Object.values(row.properties.checks).some((one) => stateOf(one).includes(state)))
        .length;
    }),
  };
}

/** The pieces lie as stripes across the parcel: rough, but of the areas told. */
export function detailOf(row: Row) {
  const ring = row.geometry?.coordinates[0]?.[0] ?? [];
  const [west, east] = [Math.min(...ring.map(([x]) => x!)), Math.max(...ring.map(([x]) => x!))];
  const [south, north] = [Math.min(...ring.map(([, y]) => y!)), Math.max(...ring.map(([, y]) => y!))];
  let from = west;
  const piece_features = row.properties.pieces.map((piece, i) => {
    const to = from + ((east - west) * piece.area_m2) / row.properties.area_m2;
    const corners = [
      [from, south],
      [to, south],
      [to, north],
      [from, north],
      [from, south],
    ];
    from = to;
    return {
      type: 'Feature',
      geometry: row.geometry === null ? null : { type: 'Polygon', coordinates: [corners] },
      properties: { piece_no: i + 1, ...piece },
    };
  });
  return { ...row, piece_features, history: [] };
}
