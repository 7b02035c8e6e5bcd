/** A county's files received into a new database, as any others are; how long each took. */
import { migrate } from '../../server/database/migrate.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import type { ReceiveDeps } from '../../server/intake/request.ts';
import type { CountyFiles } from './county.ts';

/** @returns s, by what was received */
export async function receiveCounty(
  deps: ReceiveDeps,
  regionCode: string,
  files: CountyFiles,
): Promise<Record<string, number>> {
  const { database } = deps;
  await migrate(database);
  const times: Record<string, number> = {};
  const timed = async (name: string, step: () => Promise<unknown>) => {
    const started = performance.now();
    await step();
    times[name] = (performance.now() - started) / 1000;
    console.log(`received ${name}: ${times[name].toFixed(1)} s`);
  };
  await timed('parcels', () => receiveParcels(deps, { path: files.parcels, fileName: 'parcels.zip', regionCode }));
  const layer = (type: string, path: string, year?: number) => () =>
    receiveLayer(deps, { path, fileName: `${type}.zip`, type, year, regionCode });
  await timed('red line', layer('eco-red-line', files.redLine));
  for (const { year, path } of files.landUse) await timed(`land use ${year}`, layer('land-use', path, year));
  await timed('dem', layer('dem', files.dem));
  await refreshStatistics(database, 'parcels');
  await refreshStatistics(database, 'layers');
  return times;
}
