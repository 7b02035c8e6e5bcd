/** The process in which a register file is parsed: one job comes, beats and one answer go (terrain/watched-child.ts). */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { AppError } from '../../errors.ts';
import type { ChildMessage } from '../../terrain/watched-child.ts';
import { protectedWorkbook } from '../tables/refusals.ts';
import type { TableJob } from '../tables/table.ts';
import { unsupportedTable } from './refusals.ts';
import { readCsv, readXlsx, type TableFile } from './table-file.ts';

// it is killed once it has answered, and would keep nothing of its compiled code then
flushCompileCache();

const send = (message: ChildMessage<TableFile>) => process.send?.(message);

/** The format is told by the bytes: names lie. */
async function readTable(job: TableJob, beat: () => void): Promise<TableFile> {
  const bytes = readFileSync(job.path);
  const head = bytes.subarray(0, 8).toString('latin1');
  if (head.startsWith('PK')) return readXlsx(job, beat);
  // an encrypted .xlsx is an old Office container that holds a stream of this name, in UTF-16
  if (head.startsWith('\xd0\xcf\x11\xe0')) {
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw protectedWorkbook(job.fileName);
    throw unsupportedTable(job.fileName, { zh: '旧版 Office 文件（.xls）', en: 'an old Office file (.xls)' });
  }
  if (head.startsWith('%PDF')) throw unsupportedTable(job.fileName, { zh: ' PDF', en: 'a PDF' });
  if (/^\s*<(!doctype|html|\?xml|table)/i.test(bytes.subarray(0, 200).toString('latin1').replace(/^ï»¿/, '')))
    throw unsupportedTable(job.fileName, {
      zh: '网页（有些系统导出的 .xls 实为网页）',
      en: 'a web page (as some exports called .xls are)',
    });
  const unicode = /^(\xff\xfe|\xfe\xff)/.test(head);
  if (!unicode && bytes.includes(0)) throw unsupportedTable(job.fileName, { zh: '二进制文件', en: 'a binary file' });
  return readCsv(job);
}

process.on('disconnect', () => process.exit(1)); // the parent is gone: nobody wants the answer
process.once('message', async (job: TableJob) => {
  const beat = () => void send({ type: 'beat', share: 0, rss: process.memoryUsage.rss() });
  beat();
  const timer = setInterval(beat, 500);
  try {
    send({ type: 'done', result: await readTable(job, beat) });
  } catch (error) {
    if (error instanceof AppError)
      send({ type: 'refused', code: error.code, detail: error.detail, where: error.where });
    else send({ type: 'crashed', stack: String((error as Error).stack ?? error) });
  } finally {
    clearInterval(timer);
  }
});
