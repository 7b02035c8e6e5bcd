/**
 * The two tables of an increment in one upload: DLTBGX (new patches) and, if it is there, DLTBGXGC (what they were before). Found by
 * name among whatever layers the file has, whatever its format: the reader lists them when none is asked for, and reads one by name.
 */
import { rm } from 'node:fs/promises';
import { AppError } from '../errors.ts';
import { printable } from './printable.ts';
import type { SourceReport } from './source-types.ts';

export interface IncrementTables {
  patches: SourceReport;
  /** null: DLTBGX alone */
  process: SourceReport | null;
  /** layers of the file that are neither, by name (行政区更新 and the like) */
  others: string[];
}

/** Reads one layer of the upload: the only one, or that of the name. */
export type ReadTable = (sublayer?: string) => Promise<SourceReport>;

const processName = /DLTBGXGC|地类图斑更新过程/i;
const patchesName = /DLTBGX(?!GC)|地类图斑更新(?!过程)/i;
const stemOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
const isProcess = (name: string) => processName.test(stemOf(name));
const isPatches = (name: string) => patchesName.test(stemOf(name));

/** Does a layer of this name hold changes only? As a whole year it would leave nearly all land unknown. */
export const isIncrementTable = (name: string): boolean => isProcess(name) || isPatches(name);

/** Throws what reading throws; `several-shapefiles` where two tables could be meant, `attribute-missing` where DLTBGX is not there. */
export async function readTables(
  read: ReadTable,
  sublayer: string | undefined,
  fileName: string,
): Promise<IncrementTables> {
  if (sublayer !== undefined) return await readPair(read, sublayer);
  const names = await namesOf(read);
  if ('only' in names) {
    if (!isProcess(names.only.layers[0]!.name)) return { patches: names.only, process: null, others: [] };
    await rm(names.only.spool, { force: true });
    throw noPatches(fileName, [names.only.layers[0]!.name]);
  }
  // names are listed up to 80 characters, and a cut one names nothing
  if (names.all.some((name) => name.endsWith('…'))) return await readPair(read, 'DLTBGX');
  const patches = names.all.filter(isPatches);
  const processes = names.all.filter(isProcess);
  if (patches.length === 0) throw noPatches(fileName, names.all);
  if (patches.length > 1 || processes.length > 1)
    throw severalTables(fileName, patches.length > 1 ? patches : processes);
  const [process] = processes;
  return await withProcess(
    await read(patches[0]!),
    async () => (process === undefined ? null : await read(process)),
    names.all.filter((name) => !isIncrementTable(name)),
  );
}

async function readPair(read: ReadTable, sublayer: string): Promise<IncrementTables> {
  const patches = await read(sublayer);
  return await withProcess(patches, () => readBeside(read, sublayer, patches), []);
}

async function withProcess(
  patches: SourceReport,
  process: () => Promise<SourceReport | null>,
  others: string[],
): Promise<IncrementTables> {
  try {
    return { patches, process: await process(), others };
  } catch (error) {
    await rm(patches.spool, { force: true });
    throw error;
  }
}

/** Where nothing is asked for, a file of several layers is refused with their names: that list is what is looked for here. */
async function namesOf(read: ReadTable): Promise<{ only: SourceReport } | { all: string[] }> {
  try {
    return { only: await read() };
  } catch (error) {
    const all = error instanceof AppError && error.code === 'several-shapefiles' ? error.where?.candidates : undefined;
    if (all === undefined) throw error;
    return { all };
  }
}

/** With 2023/DLTBGX asked for, 2023/DLTBGXGC is the other table; null where there is none. */
async function readBeside(read: ReadTable, sublayer: string, patches: SourceReport): Promise<SourceReport | null> {
  const at = sublayer.lastIndexOf('/') + 1;
  const stem = sublayer.slice(at);
  const beside = stem.replace(/DLTBGX(?!GC)/i, '$&GC').replace(/地类图斑更新(?!过程)/, '$&过程');
  if (beside === stem) return null;
  try {
    const found = await read(sublayer.slice(0, at) + beside);
    // a format of one layer gives that layer whatever is asked for
    if (found.layers[0]!.name !== patches.layers[0]!.name) return found;
    await rm(found.spool, { force: true });
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'no-shapefile') return null;
    throw error;
  }
}

function noPatches(fileName: string, names: readonly string[]): AppError {
  const file = printable(fileName);
  return new AppError(
    'attribute-missing',
    {
      zh: `增量包 ${file} 里没有更新层 DLTBGX，有：${names.slice(0, 40).join('、')}；请把 DLTBGX 与 DLTBGXGC 一起打包，或用 sublayer 指明更新层`,
      en: `The increment ${file} has no table DLTBGX; it has ${names.slice(0, 40).join(', ')}. Zip DLTBGX and DLTBGXGC together, or name the table of new patches as sublayer`,
    },
    { file, candidates: [...names] },
  );
}

function severalTables(fileName: string, names: readonly string[]): AppError {
  const file = printable(fileName);
  return new AppError(
    'several-shapefiles',
    {
      zh: `增量包 ${file} 里有 ${names.length} 个可作更新层或更新过程层的图层：${names.join('、')}；请用 sublayer 指明更新层（DLTBGX），过程层取同一文件夹的 DLTBGXGC`,
      en: `The increment ${file} holds ${names.length} tables that could be meant: ${names.join(', ')}. Name that of the new patches (DLTBGX) as sublayer; DLTBGXGC of the same folder goes with it`,
    },
    { file, candidates: [...names] },
  );
}
