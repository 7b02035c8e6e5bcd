/** The process in which a GeoTIFF is parsed: one job comes, beats and one answer go. See watched-child.ts. */
import { flushCompileCache } from 'node:module';
import { AppError } from '../errors.ts';
import { convertRaster, type RasterJob } from './convert-raster.ts';
import type { RasterReport } from './raster-report.ts';
import type { ChildMessage } from './watched-child.ts';

// it is killed once it has answered, and would keep nothing of its compiled code then
flushCompileCache();

const send = (message: ChildMessage<RasterReport>) => process.send?.(message);

process.on('disconnect', () => process.exit(1)); // the parent is gone: nobody wants the answer
process.once('message', async (job: RasterJob) => {
  let said = 0;
  const beat = (share: number) => {
    const now = performance.now();
    if (now - said < 100 && share < 1) return; // ten messages a second are enough to show progress
    said = now;
    send({ type: 'beat', share, rss: process.memoryUsage.rss() });
  };
  send({ type: 'beat', share: 0, rss: process.memoryUsage.rss() });
  try {
    send({ type: 'done', result: await convertRaster(job, beat) });
  } catch (error) {
    if (error instanceof AppError) {
      send({ type: 'refused', code: error.code, detail: error.detail, where: error.where });
    } else if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      send({
        type: 'refused',
        code: 'storage-full',
        detail: {
          zh: '服务器磁盘已满，请联系管理员清理后重试。',
          en: 'The disk of the server is full. Ask its administrator to make room, then try again.',
        },
      });
    } else send({ type: 'crashed', stack: String((error as Error).stack ?? error) });
  }
});
