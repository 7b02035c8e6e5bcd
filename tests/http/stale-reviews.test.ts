/** A decision in another run: it stands where nothing differs, and says by what it is stale where something does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { geojson, plots, redLine } from './county.ts';
import { ReviewedCounty } from './reviewing.ts';
import { startService } from './service.ts';

/** the red line of county.ts with a line far off beside it: another version that says the same of every plot */
const red = (...more: object[]) => {
  const lines = JSON.parse(redLine) as { features: object[] };
  return JSON.stringify({ ...lines, features: [...lines.features, ...more] });
};
const line = (west: number, size: number) =>
  (
    JSON.parse(geojson([{ west, south: 28.8, size, height: 0.001, properties: { HXMC: '红线丙' } }])) as {
      features: object[];
    }
  ).features[0]!;

eachDatabase('a decision in another run', (open) => {
  let county: ReviewedCounty;
  let setId: string;
  let first: string;
  let zhang: string;

  beforeAll(async () => {
    county = new ReviewedCounty(await startService(await open()));
    ({ setId, runId: first } = await county.begin());
    zhang = await county.person('张三');
    const items = [
      await county.item(first, 'P1', 'confirmed'),
      await county.item(first, 'P2', 'rejected'),
      await county.item(first, 'P3', 'confirmed', { check: 'not-cultivated', measure: 'restore' }),
    ];
    expect((await county.decide(zhang, items)).status).toBe(201);
  });
  afterAll(() => county.service.close());

  const stale = async (runId: string, id: string, check?: string) => {
    const review = await county.review(runId, id, check);
    return review && [review.state, review.stale, review.stale_because];
  };

  it('is stale by its layer alone where that has another version that says the same', async () => {
    await county.layer('eco-red-line', red(line(109.2, 0.001)));
    const run = await county.run(setId);
    expect(await stale(run, 'P1')).toEqual(['confirmed', true, ['layer']]);
    expect(await stale(run, 'P2')).toEqual(['rejected', true, ['layer']]);
    // another layer's new version does not touch it
    expect(await stale(run, 'P3', 'not-cultivated')).toEqual(['confirmed', false, undefined]);
    // and the run that was decided on says what it said
    expect(await stale(first, 'P1')).toEqual(['confirmed', false, undefined]);
    const listed = await county.get<{ items: { parcel_id: string; stale: boolean; stale_because: string[] }[] }>(
      `/reviews?run_id=${run}&state=stale`,
    );
    expect(listed.items.map(({ parcel_id, stale_because }) => [parcel_id, stale_because]).sort()).toEqual([
      ['P1', ['layer']],
      ['P2', ['layer']],
    ]);
    const found = await county.verdicts(run, '?state=stale');
    expect(found.features.map(({ properties }) => properties.parcel_id)).toEqual(['P1', 'P2']);
  });

  it('is stale by layer and figure where the new version reaches further', async () => {
    // plot 2 begins at 108.802: its western half lay under the line, now three quarters
    await county.layer('eco-red-line', red(line(108.802, 0.00075)));
    const run = await county.run(setId);
    expect(await stale(run, 'P1')).toEqual(['confirmed', true, ['layer']]);
    expect(await stale(run, 'P2')).toEqual(['rejected', true, ['layer', 'figure']]);
  });

  it('is stale by the figure alone where a parameter lets the flag pass, and is still told', async () => {
    const layers = (await county.get<{ layer_ids: string[] }>(`/runs/${first}`)).layer_ids;
    const run = await county.run(setId, { layer_ids: layers, params: { 'eco-red-line': { min_area_m2: 8000 } } });
    expect((await county.parcel(run, 'P2')).checks['eco-red-line']?.outcome).toBe('pass');
    expect(await stale(run, 'P2')).toEqual(['rejected', true, ['figure']]);
    expect(await stale(run, 'P1')).toEqual(['confirmed', false, undefined]);
    expect((await county.verdicts(run, '?state=stale')).number_matched).toBe(1);
    // there is no flag to confirm, but the decision can be withdrawn
    const { review_id } = (await county.review(run, 'P2'))!;
    const confirm = await county.decide(zhang, [await county.item(run, 'P2', 'confirmed', { expects: review_id })], {
      run_id: run,
    });
    expect([confirm.status, confirm.body.where.field]).toEqual([400, 'items[0].check']);
  });

  it('is stale where the land is judged by another year, even if that says the same', async () => {
    const forest = [
      { west: 108.79, south: 28.79, size: 0.069, properties: { DLBM: '0301', DLMC: '乔木林地', ZZSXDM: 'JKHF' } },
      { west: 108.859, south: 28.79, size: 0.1, properties: { DLBM: '0101', DLMC: '水田', ZZSXDM: 'LS' } },
    ];
    await county.layer('land-use', geojson(forest), { year: '2024' });
    const run = await county.run(setId);
    expect(await stale(run, 'P3', 'not-cultivated')).toEqual(['confirmed', true, ['layer']]);
  });

  it('is stale on another shape of the parcel, until somebody decides on that; each shape keeps its own', async () => {
    const layers = (await county.get<{ layer_ids: string[] }>(`/runs/${first}`)).layer_ids;
    const moved = JSON.parse(plots(40)) as { features: { geometry: { coordinates: number[][][] } }[] };
    // plot 1 without its northern half: as much less lies under the line
    for (const corner of moved.features[0]!.geometry.coordinates[0]!) if (corner[1]! > 28.8005) corner[1] = 28.8005;
    const other = await county.set(JSON.stringify(moved), { name: '改图' });
    const run = await county.run(other, { layer_ids: layers });
    expect(await stale(run, 'P1')).toEqual(['confirmed', true, ['geometry', 'figure']]);
    expect(await stale(run, 'P2')).toEqual(['rejected', false, undefined]);
    const seen = (await county.review(run, 'P1'))!;
    const wrong = await county.decide(zhang, [await county.item(run, 'P1', 'rejected', { expects: setId })]);
    expect([wrong.status, wrong.body.code]).toEqual([409, 'conflict']);
    const anew = await county.decide(zhang, [await county.item(run, 'P1', 'rejected', { expects: seen.review_id })]);
    expect(anew.status).toBe(201);
    expect(anew.body.items[0]).toMatchObject({ supersedes: null, based_on: { run_id: run } });
    expect(await stale(run, 'P1')).toEqual(['rejected', false, undefined]);
    expect(await stale(first, 'P1')).toEqual(['confirmed', false, undefined]);
    // withdrawn on the new shape, it does not fall back to the old one
    const { review_id } = (await county.review(run, 'P1'))!;
    await county.decide(zhang, [await county.item(run, 'P1', 'withdrawn', { expects: review_id })]);
    expect(await stale(run, 'P1')).toEqual(['suspected', false, undefined]);
    const { history } = await county.get<{ history: { decision: string }[] }>(`/runs/${run}/verdicts/P1`);
    expect(history.map(({ decision }) => decision)).toEqual(['withdrawn', 'rejected', 'confirmed']);
  });

  it('is taken of the newest run that judged the shape, where none is named', async () => {
    const item = await county.item(first, 'P4', 'confirmed', { check: 'not-cultivated' });
    const runs = await county.get<{ items: { run_id: string; parcel_set_ids: string[] }[] }>('/runs');
    const newest = runs.items[0]!.run_id;
    const unnamed = await county.decide(zhang, [item]);
    expect(unnamed.body.items[0]?.based_on.run_id).toBe(newest);
    const named = await county.decide(
      zhang,
      [{ ...item, expects: unnamed.body.items[0]!.review_id, decision: 'rejected' }],
      { run_id: first },
    );
    expect(named.body.items[0]?.based_on.run_id).toBe(first);
  });
});
