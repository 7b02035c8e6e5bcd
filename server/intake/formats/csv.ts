/** CSV of boundary points, one a row (DOMAIN §4.2); a zip of many is joined. Comma, semicolon or tab; encodings as for 界址点 TXT. */
import { printable } from '../printable.ts';
import { openCsv, separatorOf } from '../tables/csv.ts';
import { leadingText } from '../text-lines.ts';
import { isArchiveOf, surveyMembers } from './archive-members.ts';
import { searched } from './corner-columns.ts';
import { headsPoints } from './corner-names.ts';
import { surveyTable } from './corner-survey.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';

export const csv: VectorFormat = {
  id: 'csv',
  sniff: isPointTable,
  inArchive: (names, sublayer) => isArchiveOf('csv', names, sublayer),
  survey: (job, progress, archive) => (archive ? surveyMembers(job, progress, csv) : survey(job, progress)),
};

/** Among its first lines one heads columns of coordinates. JSON, XML and the sections of a 界址点 TXT are no tables. */
export function isPointTable(head: Buffer): boolean {
  const text = leadingText(head);
  if (text.includes('\0') || /^\s*[{<]/.test(text) || /^[^\S\n]*[[【]\s*(属性描述|地块坐标)/m.test(text)) return false;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const separator = separatorOf(lines.slice(0, 10).join('\n'));
  return lines
    .slice(0, 2 * searched)
    .some(
      (line) =>
        !/[@＠]\s*$/.test(line) &&
        headsPoints(line.split(separator).map((part) => part.replaceAll('"', '').replace(/^\s*=/, ''))),
    );
}

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const { path, limits, tempDir, fileName } = job;
  const opened = openCsv({ path, fileName, encoding: job.options.encoding, limits, tempDir }, (share) =>
    progress(share * 0.3),
  );
  try {
    const file = printable(fileName);
    const table = { name: file.replace(/\.[^.]+$/, ''), file, rows: opened.rows, mayBeCut: true };
    const found = surveyTable(table, job, opened.encoding, (share) => progress(0.3 + share * 0.7));
    return { ...found, close: () => opened.close() };
  } catch (error) {
    opened.close();
    throw error;
  }
}
