import type { CheckId, Measure } from '../../domain/outcome.ts';
import type { Decision } from '../../domain/review.ts';
import { AppError } from '../../errors.ts';
import { decide, takeTurn } from '../../ledger/decide.ts';
import { faultsOf, type Item, refuse } from '../../ledger/item-faults.ts';
import { regionOfShapes } from '../../ledger/region-of-shapes.ts';
import { indexRun } from '../../verification/run-index.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { idempotent } from '../idempotent.ts';
import { localized } from '../localized.ts';
import { personOf } from '../person.ts';
import { invalidField, notFound } from '../problem.ts';
import { eventsAfter, oneReview, pageOfReviews } from '../reading/reviews.ts';
import { defaultLimit, problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/reviews.ts';
import { isUuid } from '../uuid.ts';
import { finishedRun } from './runs.ts';

const tags = ['reviews'];
/** bytes of a body of 5,000 items with a sentence each */
const bodyLimit = 16 * 1024 * 1024;

export function reviewRoutes(app: App, { database, config }: AppDeps): void {
  const { db } = database;
  const limits = config.limits.reviews;

  app.post(
    '/reviews',
    {
      bodyLimit,
      schema: {
        tags,
        summary: '对疑似问题作决定：确认、否定或撤销；一次请求全部成立或全部不成立',
        headers: schemas.PersonHeaders,
        body: schemas.ReviewBody,
        response: { 201: schemas.ReviewsMade, ...problemResponse },
      },
    },
    async (request, reply) => {
      const person = await personOf(db, request);
      const { run_id: runId, region_code } = request.body;
      const items = request.body.items.map(toItem);
      if (items.length > limits.items) throw tooMany(items.length, limits.items);
      refuse(faultsOf(items, limits.attachments));
      const language = languageOf(request);
      return idempotent(db, request, reply, [person.person_id, request.body], async () => {
        const run = runId === undefined ? undefined : await finishedRun(db, runId);
        const region =
          run?.region_code ??
          region_code ??
          (await regionOfShapes(db, items)) ??
          // no county has such a shape: each item is told so
          config.regionCode;
        const { first } = await db.transaction().execute(async (trx) => {
          await takeTurn(trx, region);
          return decide(trx, { region_code: region, run_id: run?.run_id ?? null, person, items, batch_id: null });
        });
        const made = await eventsAfter(db, region, first - 1, items.length, limits);
        return { status: 201, body: { items: localized(made.items, language) } };
      });
    },
  );

  app.get(
    '/reviews',
    {
      schema: {
        tags,
        summary: '决定，新的在前；被取代的也在其中',
        querystring: schemas.ReviewQuery,
        response: { 200: schemas.ReviewPage, ...problemResponse },
      },
    },
    async (request) => {
      const { limit, cursor, run_id: runId, ...asked } = request.query;
      for (const field of ['person', 'batch_id'] as const)
        if (asked[field] !== undefined && !isUuid(asked[field])) throw noId(field);
      if (asked.state === 'stale' && runId === undefined) throw staleNeedsRun();
      const run = runId === undefined ? undefined : await finishedRun(db, runId);
      if (run !== undefined) await indexRun(database, run);
      const page = { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
      const key = run && { region_code: run.region_code, run_id: run.run_id };
      const found = await pageOfReviews(db, { ...asked, run: key }, page, limits);
      return localized(found, languageOf(request));
    },
  );

  app.get(
    '/reviews/:review_id',
    {
      schema: {
        tags,
        summary: '一个决定，及其依据与附件',
        params: schemas.ReviewPath,
        response: { 200: schemas.Review, ...problemResponse },
      },
    },
    async (request) => {
      const { review_id } = request.params;
      const review = await oneReview(db, review_id, limits);
      if (review === undefined) throw notFound({ zh: '决定', en: 'review' }, review_id);
      return localized(review, languageOf(request));
    },
  );

  app.get(
    '/events',
    {
      schema: {
        tags,
        summary: '一县的事件，按发生顺序；编号连续，可据以跟进',
        querystring: schemas.EventQuery,
        response: { 200: schemas.Events, ...problemResponse },
      },
    },
    async (request) => {
      const { region_code: region = config.regionCode, after = 0, limit = defaultLimit } = request.query;
      const { items, last } = await eventsAfter(db, region, after, limit, limits);
      const end = items.at(-1)?.event_no;
      return {
        items: localized(items, languageOf(request)).map((review) => ({
          event_no: review.event_no,
          kind: 'review',
          region_code: review.region_code,
          at: review.decided_at,
          review,
        })),
        next_cursor: end !== undefined && end < last ? String(end) : null,
        number_matched: Math.max(last - after, 0),
      };
    },
  );
}

function toItem(item: schemas.ReviewBody['items'][number], i: number): Item {
  const expects = item.expects ?? null;
  if (expects !== null && !isUuid(expects)) throw noId(`items[${i}].expects`);
  return {
    parcel_id: item.parcel_id,
    project_code: item.project_code ?? null,
    check: item.check as CheckId,
    geometry_hash: item.geometry_hash,
    decision: item.decision as Decision,
    measure: item.measure as Measure | undefined,
    reason: item.reason ?? '',
    expects: expects?.toLowerCase() ?? null,
    attachments: item.attachments,
  };
}

const noId = (field: string) =>
  invalidField(field, { zh: `${field} 不是编号，请核对。`, en: `${field} is no id; check it.` });
const staleNeedsRun = () =>
  invalidField('state', {
    zh: '查依据已变的决定（stale）须用 run_id 说明是对哪次核查而言。',
    en: 'Stale is said with regard to a run: give run_id.',
  });
const tooMany = (count: number, most: number) =>
  new AppError(
    'too-large',
    {
      zh: `一次最多 ${most} 项，收到 ${count} 项，请分几次提交，或按筛选条件成批决定。`,
      en: `At most ${most} items are taken at once; there are ${count}. Send several requests, or decide on a selection.`,
    },
    { field: 'items' },
  );
