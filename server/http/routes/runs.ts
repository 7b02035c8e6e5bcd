import { AppError } from '../../errors.ts';
import { createRun } from '../../verification/create-run.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { idempotent } from '../idempotent.ts';
import { notFound, shown } from '../problem.ts';
import { boxOfSets } from '../reading/parcel-sets.ts';
import { oneRun, pageOfRuns, type RunRow, type RunStanding, showRun, standingOf, stateOf } from '../reading/runs.ts';
import { JsonObject, problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/runs.ts';
import { isUuid } from '../uuid.ts';

export function runRoutes(app: App, { database, config, jobs }: AppDeps): void {
  const { db } = database;

  app.post(
    '/runs',
    {
      schema: {
        tags: ['runs'],
        summary: '发起核查',
        body: schemas.RunBody,
        response: { 202: schemas.RunAccepted, ...problemResponse },
      },
    },
    async (request, reply) => {
      const asked = request.body;
      checkIds('parcel_set_ids', asked.parcel_set_ids, { zh: '地块集', en: 'parcel set' });
      checkIds('layer_ids', asked.layer_ids, { zh: '图层', en: 'layer' });
      if (asked.register_id != null)
        checkIds('register_id', [asked.register_id], { zh: '项目登记', en: 'project register' });
      checkIds('earlier_set_ids', asked.earlier_set_ids, { zh: '地块集', en: 'parcel set' });
      return idempotent(db, request, reply, asked, async () => {
        const run = await createRun(
          { database, config },
          {
            parcelSetIds: lower(asked.parcel_set_ids),
            order: 'accepted',
            ...(asked.region_code === undefined ? {} : { regionCode: asked.region_code }),
            ...(asked.layer_ids === undefined ? {} : { layerIds: lower(asked.layer_ids) }),
            ...(asked.params === undefined ? {} : { params: asked.params }),
            ...(asked.register_id === undefined ? {} : { registerId: asked.register_id?.toLowerCase() ?? null }),
            ...(asked.earlier_set_ids === undefined ? {} : { earlierSetIds: lower(asked.earlier_set_ids) }),
          },
        );
        const key = { region_code: run.region_code, run_id: run.run_id };
        const jobId = await jobs.enqueue({ kind: 'run', input: key, subjectId: run.run_id, requestId: request.id });
        return { status: 202, body: { job_id: jobId, run_id: run.run_id } };
      });
    },
  );

  app.get(
    '/runs',
    {
      schema: {
        tags: ['runs'],
        summary: '核查列表，新的在前',
        querystring: schemas.RunQuery,
        response: { 200: schemas.RunPage, ...problemResponse },
      },
    },
    async (request) => pageOfRuns(db, request.query, languageOf(request)),
  );

  app.get(
    '/runs/:run_id',
    {
      schema: {
        tags: ['runs'],
        summary: '一次核查：状态与汇总',
        params: RunPath,
        response: { 200: schemas.RunOne, ...problemResponse },
      },
    },
    async (request) => {
      const run = await foundRun(db, request.params.run_id);
      return { ...showRun(run, languageOf(request)), bbox: await boxOfSets(db, run.region_code, run.parcel_set_ids) };
    },
  );

  app.get(
    '/runs/:run_id/manifest',
    {
      schema: {
        tags: ['runs'],
        summary: '核查清单：复算所需的一切',
        params: RunPath,
        response: { 200: JsonObject, ...problemResponse },
      },
    },
    async (request) => {
      const run = await foundRun(db, request.params.run_id);
      const row = await db
        .selectFrom('run')
        .select('manifest')
        .where('region_code', '=', run.region_code)
        .where('run_id', '=', run.run_id)
        .executeTakeFirstOrThrow();
      return row.manifest;
    },
  );
}

export async function foundRun(db: AppDeps['database']['db'], id: string): Promise<RunRow> {
  const run = await oneRun(db, id);
  if (run === undefined) throw notFound({ zh: '核查', en: 'run' }, id);
  return run;
}

/** Verdicts exist when every parcel has its result: before that a page would tell of some and be silent of others. */
export async function finishedRun(db: AppDeps['database']['db'], id: string): Promise<RunStanding> {
  const run = await standingOf(db, id);
  if (run === undefined) throw notFound({ zh: '核查', en: 'run' }, id);
  demandFinished(run);
  return run;
}

/** @throws conflict */
export function demandFinished(run: RunStanding): void {
  if (run.state === 'succeeded') return;
  const state = stateOf(run);
  throw new AppError('conflict', {
    zh: `核查尚无结果（状态 ${state}）。请等它成功后再取，进度见 /api/v1/jobs/${run.job_id ?? ''}。`,
    en: `The run has no verdicts (its state is ${state}). Wait until it has succeeded; /api/v1/jobs/${run.job_id ?? ''} tells how far it is.`,
  });
}

/** Text that cannot be an id is an id that is not there. */
function checkIds(field: string, ids: string[] | undefined, what: { zh: string; en: string }): void {
  const wrong = ids?.find((id) => !isUuid(id));
  if (wrong === undefined) return;
  throw new AppError(
    'not-found',
    {
      zh: `${field} 中没有编号为 ${shown(wrong)} 的${what.zh}。请核对编号。`,
      en: `${field}: there is no ${what.en} ${shown(wrong)}. Check the id.`,
    },
    { field },
  );
}

const lower = (ids: string[]) => ids.map((id) => id.toLowerCase());
