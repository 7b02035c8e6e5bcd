import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { retireLayer } from '../../server/http/reading/retire-layer.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { onDatabase } from '../support/databases.ts';
import { box, config, plot, SmallCounty } from '../verification/small-runs.ts';

removeFiles();

// only a server has two sessions that can be at it at once
onDatabase('postgis', 'a layer that is deleted while a run is made of it', (open) => {
  const region = '996001';
  let database: Database;
  let county: SmallCounty;
  let set: string;
  let size = 10;
  const newLayer = () => county.layer('eco-red-line', [plot(box(0, 0, size++, 10))]);
  const states = async (layerId: string) =>
    (await database.pool.query('select state from layer where layer_id = $1', [layerId])).rows.map((row) => row.state);
  beforeAll(async () => {
    database = await open();
    county = new SmallCounty(database, region);
    set = await county.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })]);
  });

  it('stays where the run was first', async () => {
    const layerId = await newLayer();
    let deleting: Promise<unknown> | undefined;
    await database.db.transaction().execute(async (tx) => {
      await tx.selectFrom('layer').select('layer_id').where('layer_id', '=', layerId).forShare().execute();
      deleting = retireLayer(database.db, layerId).catch((error: unknown) => error);
      await pause(300);
      await tx
        .insertInto('run_layer')
        .values({ region_code: region, run_id: randomUUID(), layer_id: layerId })
        .execute();
    });
    expect(await deleting).toMatchObject({ code: 'layer-in-use' });
    expect(await states(layerId)).toEqual(['ready']);
  });

  it('is not in the run where the deletion was first: named, the run is refused; by default, it takes what is left', async () => {
    const kept = await newLayer();
    const layerId = await newLayer();
    const deleteWhile = async (layerIds: string[] | undefined) => {
      let making: Promise<unknown> | undefined;
      await database.db.transaction().execute(async (tx) => {
        await tx.updateTable('layer').set({ state: 'loading' }).where('layer_id', '=', layerId).execute();
        making = createRun(
          { database, config },
          { parcelSetIds: [set], ...(layerIds === undefined ? {} : { layerIds }) },
        ).catch((error: unknown) => error);
        await pause(300);
      });
      const made = await making;
      await database.db.updateTable('layer').set({ state: 'ready' }).where('layer_id', '=', layerId).execute();
      return made;
    };
    expect(await deleteWhile([layerId])).toMatchObject({ code: 'not-found', where: { field: 'layer_ids' } });
    expect(await deleteWhile(undefined)).toMatchObject({ manifest: { layers: [{ layer_id: kept }] } });
  });

  it('is deleted once: who comes second hears that it is gone', async () => {
    const layerId = await newLayer();
    const both = await Promise.allSettled([retireLayer(database.db, layerId), retireLayer(database.db, layerId)]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'not-found' });
    expect(await states(layerId)).toEqual([]);
  });
});
