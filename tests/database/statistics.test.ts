import { expect, it } from 'vitest';
import { refreshStatistics } from '../../server/database/statistics.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { depsOf, east, fileOf, geojson, north, plotAt, removeFiles, square } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';

removeFiles();

eachDatabase('fresh statistics', (open) => {
  it('do not stop the uploads of a county whose layers are all of another one far away', async () => {
    const database = await open();
    const deps = depsOf(database);
    const receive = (first: number) => {
      const plots = Array.from({ length: 300 }, (_, i) => ({
        rings: plotAt(first + i),
        properties: { DKBH: `P${first + i}` },
      }));
      return receiveParcels(deps, { ...fileOf(geojson(plots), 'plots.geojson'), regionCode: '500242' });
    };
    // 300 km to the north
    const far = Array.from({ length: 300 }, (_, i) => ({ rings: [square(east + 300 * i, north + 300_000, 200)] }));
    await receiveLayer(deps, {
      ...fileOf(geojson(far), 'far.geojson'),
      type: 'boundary',
      regionCode: '990001',
    });
    await receive(0);
    await refreshStatistics(database, 'parcels');
    await refreshStatistics(database, 'layers');
    const { rows } = await database.pool.query(`select relname, reltuples::int as n from pg_class
      where relname in ('parcel', 'layer_piece') and relkind = 'r' order by relname`);
    expect(rows).toEqual([
      { relname: 'layer_piece', n: 300 },
      { relname: 'parcel', n: 300 },
    ]);
    expect(await receive(300)).toMatchObject({ feature_count: 300, existing: false });
  });
});
