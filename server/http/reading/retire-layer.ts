/** Takes a layer out that no run refers to. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import { AppError } from '../../errors.ts';
import { discard, layers } from '../../intake/loading.ts';
import { notFound } from '../problem.ts';

const claimUnused = sqlFile<{ region_code: string }>('queries/claim-unused-layer');

/**
 * Hides the layer in one transaction, then deletes its rows in portions, as an upload that failed is deleted; if the process
 * dies between, the sweep at the next start goes on. `layer-in-use` where a run refers to it, `not-found` where it is gone.
 */
export async function retireLayer(db: Kysely<Schema>, layerId: string): Promise<void> {
  const token = randomUUID();
  const claimed = await db.transaction().execute(async (tx) => {
    // Waits for a run that is being made of it; what comes after sees that run. One statement alone would look for runs first,
    // wait then, and take away a red line from under the run.
    const ready = await tx
      .selectFrom('layer')
      .select('region_code')
      .where('layer_id', '=', layerId)
      .where('state', '=', 'ready')
      .orderBy('region_code')
      .forUpdate()
      .execute();
    if (ready.length === 0) throw notFound({ zh: '图层', en: 'layer' }, layerId);
    return claimUnused.all(tx, { layer_id: layerId, token });
  });
  if (claimed.length === 0) {
    throw new AppError('layer-in-use', {
      zh: '该图层已被核查引用，不能删除：核查结果须能复算。如要停用，请上传新版本。',
      en: 'A run refers to this layer, so it cannot be deleted: runs must stay replayable. Upload a new version to supersede it.',
    });
  }
  for (const { region_code } of claimed) await discard(db, { kind: layers, region: region_code, id: layerId, token });
}
