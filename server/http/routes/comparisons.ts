import type { ChangeKind } from '../../verification/change-kinds.ts';
import { diffRuns, type RunToDiff } from '../../verification/diff.ts';
import type { Manifest } from '../../verification/manifest.ts';
import type { App, AppDeps } from '../context.ts';
import { badCursor, decodeCursor, encodeCursor } from '../cursor.ts';
import { idempotent } from '../idempotent.ts';
import { defaultLimit, problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/comparisons.ts';
import { finishedRun } from './runs.ts';

export function comparisonRoutes(app: App, { database, config, jobs }: AppDeps): void {
  const { db } = database;

  app.post(
    '/runs/:run_id/replay',
    {
      schema: {
        tags: ['runs'],
        summary:
          '复算：按清单重新计算并与已存结果比较，不改动任何结果；答案 equal、equal-within 或 different 在任务的 result 中',
        params: RunPath,
        response: { 202: schemas.ReplayAccepted, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { region_code, run_id } = await finishedRun(db, request.params.run_id);
      return idempotent(db, request, reply, { run_id }, async () => {
        const input = { region_code, run_id };
        const jobId = await jobs.enqueue({ kind: 'replay', input, subjectId: run_id, requestId: request.id });
        return { status: 202, body: { job_id: jobId } };
      });
    },
  );

  app.get(
    '/runs/:run_id/diff',
    {
      schema: {
        tags: ['runs'],
        summary: '与另一次核查相比：哪些地块的结论、检查或面积变了，为什么',
        params: RunPath,
        querystring: schemas.DiffQuery,
        response: { 200: schemas.Diff, ...problemResponse },
      },
    },
    async (request) => {
      const { against, kind, limit, cursor } = request.query;
      const after = await toDiff(request.params.run_id);
      const before = await toDiff(against);
      const question = ['diff', after.run_id, before.run_id, kind ?? null];
      const place = Number(decodeCursor(question, cursor) ?? 0);
      if (!Number.isInteger(place) || place < 0) throw badCursor();
      const { next, items, number_matched, summary } = await diffRuns({ database, config }, before, after, {
        after_place: place,
        limit: limit ?? defaultLimit,
        ...(kind === undefined ? {} : { kind: kind as ChangeKind }),
      });
      return {
        items,
        next_cursor: next === null ? null : encodeCursor(question, String(next)),
        number_matched,
        summary,
      };
    },
  );

  async function toDiff(id: string): Promise<RunToDiff> {
    const { region_code, run_id, parcel_count } = await finishedRun(db, id);
    const { manifest } = await db
      .selectFrom('run')
      .select('manifest')
      .where('region_code', '=', region_code)
      .where('run_id', '=', run_id)
      .executeTakeFirstOrThrow();
    return { region_code, run_id, parcel_count, manifest: manifest as unknown as Manifest };
  }
}
