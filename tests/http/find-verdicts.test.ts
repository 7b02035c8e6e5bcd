/** Filters, order and counts of a run's parcels, against the features themselves, filtered and sorted here. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { type Collection, type Reviewed, ReviewedCounty } from './reviewing.ts';
import { startService } from './service.ts';

type Properties = Reviewed['properties'];
type Facets = {
  number_matched: number;
  verdict: Record<string, number>;
  check: Record<string, Record<string, number>>;
  project_code: { project_code: string | null; project_name: string; count: number }[];
  township: { township: string | null; count: number }[];
  state: Record<string, number>;
};

eachDatabase('parcels of a run', (open) => {
  let county: ReviewedCounty;
  let runId: string;
  let all: Properties[];

  beforeAll(async () => {
    county = new ReviewedCounty(await startService(await open()));
    const { setId, runId: before } = await county.begin();
    const zhang = await county.person('张三');
    const forest = { check: 'not-cultivated' };
    const items = await Promise.all([
      county.item(before, 'P1', 'confirmed'),
      county.item(before, 'P2', 'rejected'),
      ...['P1', 'P4', 'P9', 'P20'].map((id) => county.item(before, id, 'confirmed', forest)),
      ...['P5', 'P6'].map((id) => county.item(before, id, 'rejected', forest)),
    ]);
    expect((await county.decide(zhang, items)).status).toBe(201);
    // in the run looked at, plot 2 has passed, so that a decision on it is stale
    runId = await county.run(setId, { params: { 'eco-red-line': { min_area_m2: 8000 } } });
    all = (await county.verdicts(runId)).features.map(({ properties }) => properties);
    expect(all).toHaveLength(40);
  });
  afterAll(() => county.service.close());

  const ids = (collection: Collection) => collection.features.map(({ properties }) => properties.parcel_id);
  const reviews = (parcel: Properties, check?: string) =>
    Object.entries(parcel.checks).flatMap(([id, { review }]) =>
      review !== undefined && (check === undefined || check === id) ? [review] : [],
    );
  const isIn = (state: string, check?: string) => (parcel: Properties) =>
    reviews(parcel, check).some((review) => (state === 'stale' ? review.stale : review.state === state));
  const outcome = (parcel: Properties, check: string) => parcel.checks[check]?.outcome;

  it('are found by every filter, alone and together', async () => {
    const areas = all.map(({ area_m2 }) => area_m2).sort((a, b) => a - b);
    const middle = areas[20]!;
    const cases: [string, (parcel: Properties) => boolean][] = [
      ['state=suspected', isIn('suspected')],
      ['state=confirmed', isIn('confirmed')],
      ['state=rejected', isIn('rejected')],
      ['state=stale', isIn('stale')],
      ['state=rejected&check=eco-red-line', isIn('rejected', 'eco-red-line')],
      ['state=confirmed&check=not-cultivated&verdict=non_compliant', isIn('confirmed', 'not-cultivated')],
      ['state=suspected&check=not-cultivated', isIn('suspected', 'not-cultivated')],
      [`area_min=${middle}`, ({ area_m2 }) => area_m2 >= middle],
      [`area_max=${middle}`, ({ area_m2 }) => area_m2 <= middle],
      ['q=p1', ({ parcel_id }) => parcel_id.includes('P1')],
      [`q=${encodeURIComponent('项目1')}`, ({ project_name }) => project_name!.includes('项目1')],
      ['q=0210003', ({ project_code }) => project_code!.includes('0210003')],
      ['q=%25', () => false],
      ['outcome=fail', (parcel) => Object.values(parcel.checks).some((one) => one.outcome === 'fail')],
      ['outcome=not_applicable&check=occupied', (parcel) => outcome(parcel, 'occupied') === 'not_applicable'],
      ['township=', () => false],
      ['project_code=', () => false],
      [
        `q=P1&state=confirmed&township=${encodeURIComponent('钟多街道')}`,
        (parcel) => parcel.parcel_id.includes('P1') && parcel.township === '钟多街道' && isIn('confirmed')(parcel),
      ],
      ['bbox=108.8079,28.8,108.8081,28.801&state=rejected', ({ parcel_id }) => parcel_id === 'P5'],
    ];
    for (const [query, holds] of cases) {
      const found = await county.verdicts(runId, `?${query}`);
      expect(ids(found), query).toEqual(all.filter(holds).map(({ parcel_id }) => parcel_id));
      expect(found.number_matched, query).toBe(found.features.length);
    }
    // what the cases are made of is there at all
    for (const state of ['suspected', 'confirmed', 'rejected', 'stale'])
      expect(all.filter(isIn(state)).length, state).toBeGreaterThan(0);
  });

  it('come in every order, page by page without a gap or a repeat', async () => {
    const keys: Record<string, (parcel: Properties) => string | number> = {
      area_m2: ({ area_m2 }) => area_m2,
      deduct_area_m2: ({ deduct_area_m2 }) => deduct_area_m2,
      restore_area_m2: ({ restore_area_m2 }) => restore_area_m2,
      remediate_area_m2: ({ remediate_area_m2 }) => remediate_area_m2,
      parcel_id: ({ parcel_id }) => parcel_id,
      project_code: ({ project_code }) => project_code ?? '',
      township: ({ township }) => township ?? '',
    };
    const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
    for (const [key, of] of Object.entries(keys)) {
      for (const sign of ['', '-']) {
        const sorted = all
          .map((parcel, i) => ({ parcel, i }))
          .sort((a, b) => (sign ? -1 : 1) * compare(of(a.parcel), of(b.parcel)) || a.i - b.i);
        const seen: string[] = [];
        for (let cursor = ''; ; ) {
          const page = await county.verdicts(runId, `?sort=${sign}${key}&limit=11${cursor}`);
          expect(page.number_matched).toBe(40);
          seen.push(...ids(page));
          if (page.next_cursor === null) break;
          cursor = `&cursor=${page.next_cursor}`;
        }
        expect(seen, sign + key).toEqual(sorted.map(({ parcel }) => parcel.parcel_id));
      }
    }
    const page = await county.verdicts(runId, '?sort=area_m2&limit=5');
    for (const query of [
      `sort=-area_m2&cursor=${page.next_cursor}`,
      `cursor=${page.next_cursor}`,
      'sort=area',
      'area_min=1e3',
      'q=',
      'state=odd',
    ])
      expect((await county.call('GET', `/runs/${runId}/verdicts?${query}`)).status, query).toBe(400);
  });

  it('goes on where it was when decisions are made between two pages', async () => {
    const first = await county.verdicts(runId, '?state=suspected&check=not-cultivated&limit=5');
    const item = await county.item(runId, ids(first)[0]!, 'confirmed', { check: 'not-cultivated' });
    const zhang = await county.person('张三');
    await county.decide(zhang, [item]);
    const rest = await county.verdicts(
      runId,
      `?state=suspected&check=not-cultivated&limit=100&cursor=${first.next_cursor}`,
    );
    const left = all.filter(isIn('suspected', 'not-cultivated')).map(({ parcel_id }) => parcel_id);
    expect([...ids(first), ...ids(rest)]).toEqual(left);
    await county.decide(zhang, [
      {
        ...item,
        decision: 'withdrawn',
        expects: (await county.review(runId, ids(first)[0]!, 'not-cultivated'))!.review_id,
      },
    ]);
  });

  it('are counted by each facet under the other filters: as many as are found with its value', async () => {
    const town = encodeURIComponent('钟多街道');
    for (const query of [
      {},
      { verdict: 'non_compliant' },
      { check: 'not-cultivated' },
      { check: 'not-cultivated', outcome: 'pass' },
      { state: 'confirmed' },
      { state: 'stale', check: 'eco-red-line' },
      { q: 'p1', township: town, state: 'suspected' },
      { project_code: '50024220210002', outcome: 'fail' },
      { area_min: '1000000' },
    ] as Record<string, string>[]) {
      const text = (more: Record<string, string | undefined>) =>
        Object.entries({ ...query, ...more, limit: '1' })
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => `${key}=${value}`)
          .join('&');
      const count = async (more: Record<string, string | undefined>) =>
        (await county.verdicts(runId, `?${text(more)}`)).number_matched;
      const name = JSON.stringify(query);
      const asked = text({}).replace(/&?limit=1$/, '');
      const facets = await county.get<Facets>(`/runs/${runId}/facets?${asked}`);
      expect(facets.number_matched, name).toBe(await count({}));
      for (const [verdict, n] of Object.entries(facets.verdict))
        expect(n, `${name} ${verdict}`).toBe(await count({ verdict }));
      for (const [state, n] of Object.entries(facets.state)) expect(n, `${name} ${state}`).toBe(await count({ state }));
      for (const { township, count: n } of facets.township)
        expect(n, `${name} ${township}`).toBe(await count({ township: encodeURIComponent(township ?? '') }));
      for (const { project_code, count: n } of facets.project_code)
        expect(n, `${name} ${project_code}`).toBe(await count({ project_code: project_code ?? '' }));
      for (const check of ['eco-red-line', 'not-cultivated', 'occupied', 'steep-slope'])
        for (const [outcome, n] of Object.entries(facets.check[check]!))
          expect(n, `${name} ${check} ${outcome}`).toBe(await count({ check, outcome }));
    }
  });

  it('are counted as the features themselves count', async () => {
    const facets = await county.get<Facets>(`/runs/${runId}/facets`);
    for (const state of Object.keys(facets.state))
      expect(facets.state[state], state).toBe(all.filter(isIn(state)).length);
    for (const [check, outcomes] of Object.entries(facets.check))
      for (const [one, n] of Object.entries(outcomes))
        expect(n, `${check} ${one}`).toBe(all.filter((parcel) => outcome(parcel, check) === one).length);
    expect(facets.project_code).toHaveLength(14);
    expect(facets.project_code[0]).toEqual({ project_code: '50024220210001', project_name: '项目1', count: 3 });
    expect(facets.township.map(({ count }) => count)).toEqual([20, 20]);
    expect((await county.call('GET', `/runs/${runId}/facets?sort=area_m2`)).status).toBe(400);
  });

  it('are found in runs that were never indexed, or by a program with other checks', async () => {
    const { pool } = county.service.database;
    await pool.query('delete from run_index');
    await pool.query("update run_indexed set check_ids = 'other'");
    expect((await county.verdicts(runId, '?state=confirmed')).number_matched).toBe(
      all.filter(isIn('confirmed')).length,
    );
    await pool.query('delete from run_indexed');
    await pool.query('delete from run_index where ordinal > 7');
    expect((await county.get<Facets>(`/runs/${runId}/facets`)).number_matched).toBe(40);
  });
});
