/** The county that the project codes of a parcel file name, told without storing anything. */
import { rm } from 'node:fs/promises';
import { planParcels } from './parcel-plan.ts';
import { readVectorSource } from './read-source.ts';
import type { ReceiveParcelsInput } from './receive-parcels.ts';
import { type ReceiveDeps, sourceOptions } from './request.ts';
import { readSpool } from './spool.ts';

/** Six digits, or null where the codes share none. Throws what receiving the file would throw of its reading. */
export async function countyOfParcels(deps: ReceiveDeps, input: ReceiveParcelsInput): Promise<string | null> {
  const options = await sourceOptions(deps, input.regionBeside?.region_code ?? deps.config.regionCode, input);
  const report = await readVectorSource(input.path, input.fileName, options, deps.config.limits.parcels, {
    purpose: 'parcels',
  });
  try {
    return (await planParcels(report.fields, readSpool(report.spool), input.fieldMap)).county;
  } finally {
    await rm(report.spool, { force: true });
  }
}
