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
  if (asked(options.sublayer)) return [];
  const others = [
    ...filesOf(
      kinds.filter(({ id }) => id !== read && !oftenOther.has(id)),
      names,
    ),
    ...(await pointsBeside(job, read)),
  ];
  if (others.length === 0) return [];
  const file = printable(fileName);
  return [
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
