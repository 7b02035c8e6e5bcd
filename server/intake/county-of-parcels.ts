/** The county that the project codes of a parcel file name, told without storing anything. */
import { planParcels } from './parcel-plan.ts';
import { readPlanned } from './read-planned.ts';
import type { ReceiveParcelsInput } from './receive-parcels.ts';
import { type ReceiveDeps, sourceOptions } from './request.ts';

/** Six digits, or null where the codes share none. Throws what receiving the file would throw of its reading. */
export async function countyOfParcels(deps: ReceiveDeps, input: ReceiveParcelsInput): Promise<string | null> {
  const options = await sourceOptions(deps, input.regionBeside?.region_code ?? deps.config.regionCode, input);
  return readPlanned(
    [input.path, input.fileName, options, deps.config.limits.parcels, { purpose: 'parcels' }],
    (fields, rows) => planParcels(fields, rows, input.fieldMap),
    async (_, planned) => (await planned()).county,
  );
}
