/** The process in which an attachment is looked at: one job comes, one answer goes. See terrain/watched-child.ts. */
import { AppError } from '../errors.ts';
import type { ChildMessage } from '../terrain/watched-child.ts';
import { type FileFacts, type InspectJob, inspectFile } from './inspect-file.ts';

const send = (message: ChildMessage<FileFacts>) => process.send?.(message);

process.on('disconnect', () => process.exit(1)); // the parent is gone: nobody wants the answer
process.once('message', async (job: InspectJob) => {
  try {
    send({ type: 'done', result: await inspectFile(job) });
  } catch (error) {
    if (error instanceof AppError)
      send({ type: 'refused', code: error.code, detail: error.detail, where: error.where });
    else send({ type: 'crashed', stack: String((error as Error).stack ?? error) });
  }
});
