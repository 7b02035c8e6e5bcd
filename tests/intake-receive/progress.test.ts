/** How far a reception says it is: growing only, to the end, and without a stretch of work that is not told. */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { zippedLayer } from '../intake/make-shapefile.ts';
import { eachDatabase } from '../support/databases.ts';
import { depsOf, fileOf, removeFiles, square } from './receiving.ts';

removeFiles();
/** a dozen batches each (server/intake/batches.ts) */
const counts = { embedded: 4000, postgis: 30_000 };

eachDatabase('the progress of a reception', (open, kind) => {
  const shapes = Array.from({ length: counts[kind] }, (_, i) => [
    square(36_577_000 + 150 * (i % 200), 3_192_000 + 150 * Math.floor(i / 200), 100),
  ]);
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  // 15 亩 each, so that figures are brought to m² too
  const parcels = zippedLayer({
    shapes,
    columns: [{ name: 'DKBH' }, { name: 'DKMJ', type: 'N', width: 10, decimals: 2 }],
    rows: shapes.map((_, i) => [`G${i}`, '15.00']),
  });
  const survey = zippedLayer({ shapes, columns: [{ name: 'DLBM' }], rows: shapes.map(() => ['0101']) });

  it.each<[string, (progress: (share: number) => void) => Promise<unknown>]>([
    ['a parcel file', (progress) => receiveParcels(depsOf(database), fileOf(parcels, 'a.zip'), { progress })],
    [
      'a dry run',
      (progress) => receiveParcels(depsOf(database), { ...fileOf(parcels, 'b.zip'), dryRun: true }, { progress }),
    ],
    [
      'a layer',
      (progress) =>
        receiveLayer(depsOf(database), { ...fileOf(survey, 'c.zip'), type: 'land-use', year: 2023 }, { progress }),
    ],
  ])('of %s grows to the end in small steps', async (_what, receive) => {
    const told: number[] = [];
    await receive((share) => told.push(share));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told[0]).toBeLessThanOrEqual(0.02);
    expect(told.at(-1)).toBe(1);
    expect(Math.max(...told)).toBeLessThanOrEqual(1);
    const steps = told.map((share, i) => share - (told[i - 1] ?? 0));
    // the parser, whose part is 0.29, is done with a small file before it tells, or the first batch of rows (0.03) does; each after it tells
    expect(Math.max(...steps)).toBeLessThan(0.35);
    expect(Math.max(...steps.filter((step, i) => told[i]! - step > 0.26))).toBeLessThan(0.15);
    expect(told.filter((share) => share > 0.3).length).toBeGreaterThan(10);
    // the last part, digests or problems between neighbours, is told as it goes and not by its end
    expect(told.filter((share) => share > 0.91 && share < 1).length).toBeGreaterThan(0);
  });
});
