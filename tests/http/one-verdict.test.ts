/** One parcel among several of the same id: what a map picks is its place in the run. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { geojson } from './county.ts';
import { type Reviewed, ReviewedCounty } from './reviewing.ts';
import { startService } from './service.ts';

type Placed = Reviewed & { id: number };

eachDatabase('a parcel of a run', (open) => {
  let county: ReviewedCounty;
  let runId: string;

  beforeAll(async () => {
    county = new ReviewedCounty(await startService(await open()));
    const plot = (west: number, ids: string[]) =>
      geojson(ids.map((DKBH, i) => ({ west, south: 28.8 + 0.002 * i, properties: { DKBH } })));
    const first = await county.set(plot(108.8, ['A', 'B']));
    const second = await county.set(plot(108.9, ['B', 'C']));
    runId = await county.run(first, { parcel_set_ids: [first, second] });
  });
  afterAll(() => county.service.close());

  const west = (parcel: Placed) => parcel.geometry!.coordinates[0]![0]![0]![0];
  const one = (id: string, query = '') => county.get<Placed>(`/runs/${runId}/verdicts/${id}${query}`);

  it('is told by its place in the run, which is the id of its feature', async () => {
    const all = (await county.verdicts(runId)).features as Placed[];
    expect(all.map(({ id, properties }) => [id, properties.parcel_id])).toEqual([
      [1, 'A'],
      [2, 'B'],
      [3, 'B'],
      [4, 'C'],
    ]);
    expect([west(await one('B')), west(await one('B', '?ordinal=2'))]).toEqual([108.8, 108.8]);
    const other = await one('B', '?ordinal=3');
    expect([other.id, west(other)]).toEqual([3, 108.9]);
  });

  it('is not another one that stands at the place asked for', async () => {
    const { status, body } = await county.call('GET', `/runs/${runId}/verdicts/B?ordinal=4`);
    expect([status, body['code']]).toEqual([404, 'not-found']);
    const none = await county.call('GET', `/runs/${runId}/verdicts/B?ordinal=0`);
    expect([none.status, none.body['code']]).toEqual([400, 'validation']);
  });
});
