/** What else an archive holds beside what is read of it: nothing that may be parcels is passed over without a word. */
import { printable } from '../printable.ts';
import type { SourceReport, Warning } from '../source-types.ts';
import { GuardedZip } from '../zip-guard.ts';
import { asked, filesOf, kinds } from './archive-members.ts';
import { isPointTable } from './csv.ts';
import type { ReadJob } from './format.ts';
import { isBoundaryText } from './txt-files.ts';

type Id = SourceReport['format'];

/** Beside a layer they are too often none, but ledgers and settings. */
const oftenOther: ReadonlySet<Id> = new Set<Id>(['geojson', 'csv', 'xlsx']);

/** Names what else lies beside what is read: layers by their names, texts and tables of points by their content. */
export async function besides(names: readonly string[], job: ReadJob, read: Id): Promise<Warning[]> {
  const { fileName, options } = job;
  const bare = bareProcess(names, job);
  if (asked(options.sublayer)) return bare;
  const others = [
    ...filesOf(
      kinds.filter(({ id }) => id !== read && !oftenOther.has(id)),
      names,
    ),
    ...(await pointsBeside(job, read)),
  ];
  if (others.length === 0) return bare;
  const file = printable(fileName);
  return [
    ...bare,
    {
      code: 'archive-others',
      message: {
        zh: `压缩包里还有 ${others.slice(0, 10).join('、')}，未读入；要读它请用 sublayer 指定。`,
        en: `The archive also holds ${others.slice(0, 10).join(', ')}, which was not read; name it as sublayer to read it.`,
      },
      where: { file, candidates: others },
    },
  ];
}

/** DLTBGXGC as a bare .dbf: without it an increment is read as if there were no such table, which must not go unsaid. */
function bareProcess(names: readonly string[], { fileName }: ReadJob): Warning[] {
  const shapes = new Set(names.map((name) => name.toLowerCase()));
  const table = names.find(
    (name) => /DLTBGXGC[^/]*\.dbf$/i.test(name) && !shapes.has(name.toLowerCase().replace(/dbf$/, 'shp')),
  );
  if (table === undefined) return [];
  const shown = printable(table);
  return [
    {
      code: 'increment-process-not-read',
      message: {
        zh: `更新过程层 ${shown} 只有 .dbf，没有同名的 .shp，未读入。请连同 .shp、.shx 一起打包，或用 .gdb、GeoPackage 提供。`,
        en: `${shown} has no .shp beside it and was not read. Zip its .shp and .shx too, or send a .gdb or GeoPackage.`,
      },
      where: { file: printable(fileName), candidates: [shown] },
    },
  ];
}

/** Texts and CSV tables of boundary points; a readme or a ledger is none, and so cannot be told by its name. */
async function pointsBeside(job: ReadJob, read: Id): Promise<string[]> {
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  try {
    const found: string[] = [];
    for (const entry of zip.entries) {
      const holds = /\.txt$/i.test(entry.name) ? isBoundaryText : /\.csv$/i.test(entry.name) ? isPointTable : undefined;
      // what is read has told of its own kind
      if (!holds || holds === { txt: isBoundaryText, csv: isPointTable }[read as 'txt' | 'csv']) continue;
      if (holds(await zip.head(entry, headBytes))) found.push(printable(entry.name));
    }
    return found;
  } finally {
    zip.close();
  }
}

const headBytes = 64 * 1024;
