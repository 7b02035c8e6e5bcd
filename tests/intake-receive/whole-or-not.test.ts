import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { layerId, parcelSetId } from '../../server/intake/identity.ts';
import { sweepUnfinished } from '../../server/intake/loading.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { eachDatabase } from '../support/databases.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, plotAt, removeFiles, rowCounts } from './receiving.ts';

removeFiles();

const plots = (count: number, properties: (n: number) => Record<string, unknown> = (n) => ({ DKBH: `P${n}` })) =>
  geojson(Array.from({ length: count }, (_, n) => ({ rings: plotAt(n), properties: properties(n) })));

describe('the name of an upload', () => {
  const sha256 = 'a'.repeat(64);
  it('follows from bytes and decisions, and is a UUID of version 8', () => {
    const id = parcelSetId(sha256, { regionCode: '500242' });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parcelSetId(sha256, { regionCode: '500242', fieldMap: {} })).toBe(id);
    expect(parcelSetId(sha256, { regionCode: '500242', encoding: undefined })).toBe(id);
  });

  it('does not depend on the order of a field map or the case of an encoding', () => {
    const of = (fieldMap: Record<string, string>, encoding: string) =>
      parcelSetId(sha256, { regionCode: '500242', fieldMap, encoding });
    expect(of({ a: '1', b: '2' }, 'gbk')).toBe(of({ b: '2', a: '1' }, 'GBK'));
  });

  it('differs with every decision', () => {
    const ids = [
      { regionCode: '500242' },
      { regionCode: '500243' },
      { regionCode: '500242', srid: 4524 },
      { regionCode: '500242', encoding: 'GBK' },
      { regionCode: '500242', sublayer: 'a' },
      { regionCode: '500242', fieldMap: { parcel_id: 'A' } },
    ].map((decisions) => parcelSetId(sha256, decisions));
    ids.push(parcelSetId('b'.repeat(64), { regionCode: '500242' }));
    expect(new Set(ids).size).toBe(ids.length);
    const layers = [
      { type: 'land-use', regionCode: '500242', year: 2020 },
      { type: 'land-use', regionCode: '500242', year: 2021 },
      { type: 'land-use', regionCode: '500242', year: 2020, codeSystem: 'td3' },
      { type: 'land-use', regionCode: '500242', year: 2020, name: 'x' },
      { type: 'land-use', regionCode: '500242', year: 2020, source: 'x' },
      { type: 'land-use', regionCode: '500242', year: 2020, baseLayerId: 'x' },
      { type: 'issue', regionCode: '500242', year: 2020 },
    ].map((labels) => layerId(sha256, labels));
    expect(new Set(layers).size).toBe(layers.length);
  });
});

eachDatabase('an upload is there whole or not at all', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  it('is stored once: the same bytes and decisions again are the set that is there', async () => {
    const file = fileOf(plots(3), 'once.geojson');
    const first = await receiveParcels(depsOf(database), file);
    const before = await rowCounts(database);
    const again = await receiveParcels(depsOf(database), { ...file, name: 'another name' });
    expect(again).toEqual({ ...first, existing: true });
    expect(await rowCounts(database)).toEqual(before);
    const other = await receiveParcels(depsOf(database), { ...file, regionCode: '500243' });
    expect(other).toMatchObject({ existing: false, region_code: '500243' });
    expect(other.parcel_set_id).not.toBe(first.parcel_set_id);
  });

  it('is stored once when it comes twice at the same time', async () => {
    const file = fileOf(plots(400), 'double.geojson');
    const before = await rowCounts(database);
    const both = await Promise.all([1, 2].map(() => receiveParcels(depsOf(database), file)));
    expect(both.map((one) => one.existing).sort()).toEqual([false, true]);
    expect((await rowCounts(database))['parcel']).toBe(before['parcel']! + 400);
  });

  it('is told that replacing has no effect where the set is here already', async () => {
    const file = fileOf(plots(1), 'replace.geojson');
    const first = await receiveParcels(depsOf(database), {
      ...file,
      replaces: ['11111111-1111-8111-8111-111111111111'],
    });
    expect(first.warnings.map((w) => w.code)).toEqual(['replaces-unknown']);
    const again = await receiveParcels(depsOf(database), { ...file, replaces: [first.parcel_set_id] });
    expect(again.warnings.map((w) => w.code)).toContain('replaces-ignored');
  });

  it('leaves nothing behind where it is refused', async () => {
    const before = await rowCounts(database);
    const repeated = fileOf(
      plots(5, (n) => ({ DKBH: n < 2 ? 'same' : `P${n}` })),
      'repeated.geojson',
    );
    await expect(receiveParcels(depsOf(database), repeated)).rejects.toMatchObject({
      code: 'duplicate-parcel-id',
      where: { rows: [1, 2], field: 'DKBH' },
    });
    const map = { ...fileOf(plots(2), 'map.geojson'), fieldMap: { nonsense: 'DKBH' } };
    await expect(receiveParcels(depsOf(database), map)).rejects.toMatchObject({ code: 'validation' });
    await expect(
      receiveParcels(depsOf(database), { ...fileOf(plots(2), 'r.geojson'), regionCode: '5002' }),
    ).rejects.toMatchObject({
      code: 'validation',
    });
    expect(await rowCounts(database)).toEqual(before);
  });

  it('leaves nothing behind where a later batch fails in the database', async () => {
    const before = await rowCounts(database);
    // a county of the database's making that refuses the 700th parcel, after two batches have gone in
    await database.pool.query('alter table parcel add constraint no_more check (ordinal < 700) not valid');
    await expect(receiveParcels(depsOf(database), fileOf(plots(900), 'late.geojson'))).rejects.toThrow(/no_more/);
    await database.pool.query('alter table parcel drop constraint no_more');
    expect(await rowCounts(database)).toEqual(before);
  });

  it('leaves nothing behind where it is aborted half way', async () => {
    const before = await rowCounts(database);
    const stop = new AbortController();
    const seen: number[] = [];
    const progress = (share: number) => {
      seen.push(share);
      if (share > 0.6) stop.abort(new Error('enough'));
    };
    const work = receiveParcels(depsOf(database), fileOf(plots(2000), 'abort.geojson'), {
      signal: stop.signal,
      progress,
    });
    await expect(work).rejects.toThrow('enough');
    expect(Math.max(...seen)).toBeLessThan(0.95);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(await rowCounts(database)).toEqual(before);
  });

  it('leaves nothing behind where it is cancelled, once what may follow has followed', async () => {
    const before = await rowCounts(database);
    const stop = new AbortController();
    const steps: (() => Promise<void>)[] = [];
    const hooks = {
      signal: stop.signal,
      progress: (share: number) => void (share > 0.6 && stop.abort(new Error('cancelled'))),
      afterwards: (step: () => Promise<void>) => void steps.push(step),
    };
    await expect(receiveParcels(depsOf(database), fileOf(plots(2000), 'cancel.geojson'), hooks)).rejects.toThrow(
      'cancelled',
    );
    expect(steps).toHaveLength(1);
    expect((await rowCounts(database))['parcel']).toBeGreaterThan(before['parcel']!);
    for (const step of steps) await step();
    expect(await rowCounts(database)).toEqual(before);
  });

  it('answers a dry run like the real thing and stores nothing', async () => {
    const file = fileOf(
      geojson([
        { rings: plotAt(0), properties: { DKBH: 'a', DKMJ: 15 } },
        { rings: bowTie(east, north + 900), properties: { DKBH: 'b', DKMJ: 7 } },
      ]),
      'dry.geojson',
    );
    const before = await rowCounts(database);
    const { report, ...dry } = await receiveParcels(depsOf(database), { ...file, dryRun: true });
    expect(await rowCounts(database)).toEqual(before);
    const real = await receiveParcels(depsOf(database), file);
    expect(dry).toEqual(real);
    expect(await receiveParcels(depsOf(database), { ...file, dryRun: true })).toEqual({
      ...real,
      existing: true,
      report,
    });
    expect(report!.preview).toMatchObject([
      { ordinal: 1, source_file: 'dry.geojson', source_row: 1, parcel_id: 'a', attributes: { DKMJ: 15 } },
      { ordinal: 2, source_file: 'dry.geojson', source_row: 2, parcel_id: 'b', attributes: { DKMJ: 7 } },
    ]);
    const { rows } = await database.pool.query<{ preview: string; stored: string }>(
      `select st_asgeojson(geom, 9, 0) as stored from parcel where parcel_set_id = $1 order by ordinal`,
      [real.parcel_set_id],
    );
    expect(report!.preview.map(({ geometry }) => geometry)).toEqual(rows.map(({ stored }) => JSON.parse(stored)));
    // its two edges cross in the middle of its box
    const [ring] = bowTie(east, north + 900);
    const middle = [0, 1].map((axis) => {
      const values = ring!.map((point) => point[axis]!);
      return (Math.min(...values) + Math.max(...values)) / 2;
    });
    const { rows: places } = await database.pool.query<{ lon: number; lat: number }>(
      'select st_x(p) as lon, st_y(p) as lat from st_transform(st_setsrid(st_point($1, $2), 4524), 4490) as p',
      middle,
    );
    expect(report!.problem_count).toBe(report!.problems.length);
    // other tests of this file have uploaded the same square
    const [crossing] = report!.problems.filter(({ code }) => code !== 'duplicate-in-other-set');
    expect(crossing).toMatchObject({
      source_file: 'dry.geojson',
      source_row: 2,
      parcel_id: 'b',
      code: 'self-intersection',
    });
    expect(crossing!.lon).toBeCloseTo(places[0]!.lon, 9);
    expect(crossing!.lat).toBeCloseTo(places[0]!.lat, 9);
  });

  it('is swept at start where its writer died, and can then be uploaded anew', async () => {
    const file = fileOf(plots(3), 'dead.geojson');
    const { parcel_set_id, area_m2 } = await receiveParcels(depsOf(database), file);
    const before = await rowCounts(database);
    const dead = `update parcel_set set state = 'loading', claim = gen_random_uuid(), touched_at = now() - interval '1 hour' where parcel_set_id = $1`;
    await database.pool.query(dead, [parcel_set_id]);
    expect(await sweepUnfinished(database)).toBe(1);
    expect(await rowCounts(database)).toMatchObject({
      parcel: before['parcel']! - 3,
      parcel_set: before['parcel_set']! - 1,
    });
    expect(await receiveParcels(depsOf(database), file)).toMatchObject({ existing: false, area_m2 });
    expect(await rowCounts(database)).toEqual(before);
    expect(await sweepUnfinished(database)).toBe(0);
  });

  it('is taken over from a dead writer without a sweep', async () => {
    const file = fileOf(plots(4), 'taken.geojson');
    const { parcel_set_id } = await receiveParcels(depsOf(database), file);
    const before = await rowCounts(database);
    const dead = `update parcel_set set state = 'loading', claim = gen_random_uuid(), touched_at = now() - interval '1 hour' where parcel_set_id = $1`;
    await database.pool.query(dead, [parcel_set_id]);
    expect(await receiveParcels(depsOf(database), file)).toMatchObject({ existing: false, feature_count: 4 });
    expect(await rowCounts(database)).toEqual(before);
  });

  it('goes for layers too: once, and not at all where it is aborted', async () => {
    const bytes = geojson(
      Array.from({ length: 900 }, (_, n) => ({ rings: plotAt(n), properties: { HXMC: `红线${n}`, HXBM: `${n}` } })),
    );
    const file = fileOf(bytes, 'red.geojson');
    const before = await rowCounts(database);
    const stop = new AbortController();
    const progress = (share: number) => share > 0.5 && stop.abort(new Error('enough'));
    const input = { ...file, type: 'eco-red-line' };
    await expect(receiveLayer(depsOf(database), input, { signal: stop.signal, progress })).rejects.toThrow('enough');
    expect(await rowCounts(database)).toEqual(before);
    const first = await receiveLayer(depsOf(database), input);
    expect(first).toMatchObject({ existing: false, feature_count: 900 });
    expect(await receiveLayer(depsOf(database), input)).toEqual({ ...first, existing: true });
    expect((await receiveLayer(depsOf(database), { ...input, name: 'B' })).layer_id).not.toBe(first.layer_id);
  });
});
