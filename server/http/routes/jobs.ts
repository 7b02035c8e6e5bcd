import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { type JobRow, readJob } from '../../jobs/job-store.ts';
import { finalStates } from '../../jobs/job-table.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { showJob } from '../job-view.ts';
import type { Language } from '../language.ts';
import { notFound } from '../problem.ts';
import { JobPath, problemResponse } from '../schemas/common.ts';
import { Job } from '../schemas/jobs.ts';
import { isUuid } from '../uuid.ts';

/** ms between looks at the row for a listener, and between signs of life that keep proxies from closing the line */
const lookMs = 500;
const signOfLifeMs = 15_000;

export function jobRoutes(app: App, { database: { db }, jobs, closing }: AppDeps): void {
  const found = async (jobId: string): Promise<JobRow> => {
    const job = isUuid(jobId) ? await readJob(db, jobId) : undefined;
    if (job === undefined) throw notFound({ zh: '任务', en: 'job' }, jobId);
    return job;
  };

  app.get(
    '/jobs/:job_id',
    { schema: { tags: ['jobs'], summary: '任务状态', params: JobPath, response: { 200: Job, ...problemResponse } } },
    async (request) => showJob(await found(request.params.job_id), languageOf(request)),
  );

  app.delete(
    '/jobs/:job_id',
    {
      schema: {
        tags: ['jobs'],
        summary: '取消任务：排队中的立即取消（200），进行中的一秒内停下（202）',
        params: JobPath,
        response: { 200: Job, 202: Job, ...problemResponse },
      },
    },
    async (request, reply) => {
      const job = await found(request.params.job_id);
      const now = (await jobs.cancel(job.job_id)) ?? (await found(job.job_id));
      if (now.state === 'succeeded' || now.state === 'failed') throw alreadyEnded();
      reply.code(now.state === 'cancelled' ? 200 : 202);
      return showJob(now, languageOf(request));
    },
  );

  app.get(
    '/jobs/:job_id/events',
    {
      schema: {
        tags: ['jobs'],
        summary: '任务进度（SSE）：progress 事件直到结束，最后一个 end 事件',
        params: JobPath,
        produces: ['text/event-stream'],
      },
      // the line stays open as long as the job goes on
      config: { openEnded: true },
    },
    async (request, reply) => {
      const job = await found(request.params.job_id);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const over = AbortSignal.any([gone.signal, closing]);
      reply.headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      return reply.send(Readable.from(events(job, () => readJob(db, job.job_id), languageOf(request), over)));
    },
  );
}

/** The whole state in every event, so that a reader who comes back (Last-Event-ID) has missed nothing. */
async function* events(
  first: JobRow,
  read: () => Promise<JobRow | undefined>,
  language: Language,
  over: AbortSignal,
): AsyncGenerator<string> {
  let job: JobRow | undefined = first;
  let said = '';
  let saidAt = Date.now();
  yield 'retry: 2000\n\n';
  while (job !== undefined) {
    const data = JSON.stringify(showJob(job, language));
    if (said !== data) {
      yield `id: ${job.updated_at.getTime()}\nevent: progress\ndata: ${data}\n\n`;
      [said, saidAt] = [data, Date.now()];
    } else if (Date.now() - saidAt > signOfLifeMs) {
      yield ': alive\n\n';
      saidAt = Date.now();
    }
    if (finalStates.includes(job.state)) {
      yield `event: end\ndata: ${data}\n\n`;
      return;
    }
    await pause(lookMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    // a database that restarts is no end of the story
    job = await read().catch(() => job);
  }
}

const alreadyEnded = () =>
  new AppError('conflict', {
    zh: '任务已经结束，不能再取消。',
    en: 'The job has ended already and cannot be cancelled.',
  });
