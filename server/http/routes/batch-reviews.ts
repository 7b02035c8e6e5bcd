import type { CheckId, Measure } from '../../domain/outcome.ts';
import type { BatchPreview, Decision } from '../../domain/review.ts';
import { AppError } from '../../errors.ts';
import { type Batch, decideBatch, previewBatch } from '../../ledger/batch.ts';
import { faultsOf } from '../../ledger/item-faults.ts';
import { findVerdicts } from '../../verification/find-verdicts.ts';
import { indexRun } from '../../verification/run-index.ts';
import type { App, AppDeps } from '../context.ts';
import { idempotent } from '../idempotent.ts';
import { filterAsked } from '../parcel-filter.ts';
import { personOf } from '../person.ts';
import { invalidField } from '../problem.ts';
import type { RunStanding } from '../reading/runs.ts';
import { problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/reviews.ts';
import { isUuid } from '../uuid.ts';
import { finishedRun } from './runs.ts';

export function batchReviewRoutes(app: App, { database, config }: AppDeps): void {
  const { db } = database;
  const limits = config.limits.reviews;

  app.post(
    '/runs/:run_id/reviews',
    {
      schema: {
        tags: ['reviews'],
        summary: '对筛选出的疑似问题成批决定：先预览（dry_run=true），再凭预览的 token 提交',
        params: RunPath,
        querystring: schemas.BatchQuery,
        headers: schemas.PersonHeaders,
        body: schemas.BatchBody,
        response: { 200: schemas.BatchPreview, 201: schemas.BatchMade, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { dry_run: dryRun, ...query } = request.query;
      const filter = filterAsked(query);
      const { token, ...said } = request.body;
      const person = dryRun === true ? undefined : await personOf(db, request);
      const run = await finishedRun(db, request.params.run_id);
      await indexRun(database, run);
      const batch = batchAsked(said, run, {
        check: filter.check,
        state: filter.state,
        most: limits.batch,
        select: async (tx) => (await findVerdicts(tx, run, filter, { limit: run.parcel_count })).ordinals,
      });
      if (person === undefined) return previewBatch(db, batch);
      if (token === undefined) throw noToken();
      return idempotent(db, request, reply, [person.person_id, run.run_id, filter, request.body], async () => {
        const { batch_id, preview } = await decideBatch(db, { ...batch, token, person });
        return { status: 201, body: { batch_id, ...(preview satisfies BatchPreview) } };
      });
    },
  );
}

function batchAsked(
  said: Omit<schemas.BatchBody, 'token'>,
  run: RunStanding,
  selection: Pick<Batch, 'check' | 'state' | 'most' | 'select'>,
): Batch {
  const batch = {
    decision: said.decision as Decision,
    measure: said.measure as Measure | undefined,
    reason: said.reason ?? '',
  };
  const [fault] = faultsOf(
    [{ ...batch, parcel_id: '-', project_code: null, check: 'eco-red-line' satisfies CheckId, geometry_hash: '-' }],
    0,
  );
  if (fault !== undefined)
    throw new AppError(fault.code, fault.detail, { field: fault.field.replace('items[0].', '') });
  if (said.of_batch !== undefined && !isUuid(said.of_batch)) throw noBatch();
  if (said.of_batch !== undefined && batch.decision !== 'withdrawn') throw onlyWithdrawn();
  return {
    ...batch,
    ...selection,
    region_code: run.region_code,
    run_id: run.run_id,
    decided: (said.decided as Batch['decided'] | undefined) ?? 'skip',
    of_batch: said.of_batch?.toLowerCase(),
  };
}

const noToken = () =>
  invalidField('token', {
    zh: '成批决定须先预览：加 ?dry_run=true 提交同样的内容，核对后把答复中的 token 一并提交。',
    en: 'A batch is previewed first: send the same with ?dry_run=true, look at it, and send its token along.',
  });
const noBatch = () =>
  invalidField('of_batch', { zh: 'of_batch 不是编号，请核对。', en: 'of_batch is no id; check it.' });
const onlyWithdrawn = () =>
  invalidField('of_batch', {
    zh: 'of_batch 只用于撤销（decision 为 withdrawn）。',
    en: 'of_batch is for withdrawing alone.',
  });
