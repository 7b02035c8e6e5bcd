import { checks } from '../../checks/index.ts';
import type { CheckId, Outcome, Verdict } from '../../domain/outcome.ts';
import type { RunSummary } from '../../domain/verdict-feature.ts';
import { AppError } from '../../errors.ts';
import { type ExportFormat, type ExportOptions, exportFormats } from '../../exports/index.ts';
import { readVerdict, readVerdicts, streamVerdicts, toFeature } from '../../verification/read-verdicts.ts';
import { readBox } from '../bbox.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { invalidField, notFound, shown } from '../problem.ts';
import { defaultLimit, JsonObject, problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/runs.ts';
import { attachment, featureCollection } from '../streams.ts';
import { finishedRun } from './runs.ts';
import { answerStream } from './shared.ts';

export function verdictRoutes(app: App, { database: { db } }: AppDeps): void {
  app.get(
    '/runs/:run_id/verdicts',
    {
      schema: {
        tags: ['runs'],
        summary: '核查结论，按上传顺序',
        params: RunPath,
        querystring: schemas.VerdictQuery,
        response: { 200: schemas.VerdictCollection, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { run_id, region_code, parcel_count } = await finishedRun(db, request.params.run_id);
      const { limit, cursor, bbox, verdict, check, outcome, project_code, township } = request.query;
      const box = readBox(bbox);
      const filter = {
        ...(verdict === undefined ? {} : { verdict: verdict as Verdict }),
        ...(check === undefined ? {} : { check: check as CheckId }),
        ...(outcome === undefined ? {} : { outcome: outcome as Outcome }),
        ...(project_code === undefined ? {} : { project_code }),
        ...(township === undefined ? {} : { township }),
        ...(box === undefined ? {} : { bbox: box }),
      };
      const question = ['verdicts', run_id, filter];
      const position = decodeCursor(question, cursor);
      const all = Object.keys(filter).length === 0 ? parcel_count : undefined;
      const pages = inPortions(limit ?? defaultLimit, position, all, (portion) =>
        readVerdicts(db, { region_code, run_id }, { ...filter, ...portion }),
      );
      const ending = ({ next_cursor, number_matched }: Page) => ({
        next_cursor: next_cursor === null ? null : encodeCursor(question, next_cursor),
        number_matched,
      });
      return answerStream(reply, 'application/geo+json; charset=utf-8', featureCollection(pages, toFeature, ending));
    },
  );

  app.get(
    '/runs/:run_id/verdicts/:parcel_id',
    {
      schema: {
        tags: ['runs'],
        summary: '一个地块的结论、各项检查与图斑切块（含图形）',
        params: schemas.VerdictPath,
        response: { 200: JsonObject, ...problemResponse },
      },
    },
    async (request) => {
      const { run_id, region_code } = await finishedRun(db, request.params.run_id);
      const { parcel_id } = request.params;
      // no text of the database holds NUL, and asking for it is an error there
      const row = parcel_id.includes('\0') ? null : await readVerdict(db, { region_code, run_id }, parcel_id);
      if (row === null) throw notFound({ zh: '地块', en: 'parcel' }, parcel_id);
      const { piece_features, ...verdict } = row;
      const feature = toFeature(verdict);
      const {
        parcel_set_id,
        client_id,
        source_file,
        attributes,
        accepted_on,
        target_class,
        grade,
        capacity_kg,
        declared_net_m2,
      } = verdict;
      const more = {
        parcel_set_id,
        client_id,
        source_file,
        accepted_on,
        target_class,
        grade,
        capacity_kg,
        declared_net_m2,
        attributes,
      };
      return { ...feature, properties: { ...feature.properties, ...more }, piece_features };
    },
  );

  app.get(
    '/runs/:run_id/exports/:format',
    {
      schema: {
        tags: ['runs'],
        summary: '导出：geojson、csv、xlsx、shp',
        params: schemas.ExportPath,
        querystring: schemas.ExportQuery,
        response: problemResponse,
      },
    },
    async (request, reply) => {
      const { format: id, run_id } = request.params;
      const run = await finishedRun(db, run_id);
      const format = Object.hasOwn(exportFormats, id) ? exportFormats[id as keyof typeof exportFormats] : undefined;
      if (format === undefined) throw noFormat(id);
      for (const option of ['srid', 'encoding'] as const)
        if (request.query[option] !== undefined && !format.options.includes(option)) throw noOption(format, option);
      const key = { region_code: run.region_code, run_id: run.run_id };
      const { manifest } = await db
        .selectFrom('run')
        .select('manifest')
        .where('region_code', '=', key.region_code)
        .where('run_id', '=', key.run_id)
        .executeTakeFirstOrThrow();
      const bytes = format.write({
        run: { ...key, created_at: run.created_at, summary: run.summary as unknown as RunSummary, manifest },
        rows: () => streamVerdicts(db, key),
        rowsInSrid: (srid) => streamVerdicts(db, key, { srid }),
        checks,
        language: languageOf(request),
        options: request.query as ExportOptions,
      });
      const stem = `${run.region_code}_${run.run_id.slice(0, 8)}.${format.extension}`;
      reply.header('content-disposition', attachment(`核查结果_${stem}`, `zhanbu_${stem}`));
      // a file made of uploaded names runs nothing, even in a browser that shows it instead of saving it
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      return answerStream(reply, format.contentType, bytes).catch((error: unknown) => {
        reply.removeHeader('content-disposition');
        throw error;
      });
    },
  );
}

type Page = Awaited<ReturnType<typeof readVerdicts>>;

/**
 * A page of 10,000 read by some hundred rows: it is written as it is read, and others get their turn between. The first portion is the
 * smallest, so that something is there soon. @param all how many the filters match, where nobody need count them
 */
async function* inPortions(
  limit: number,
  cursor: string | undefined,
  all: number | undefined,
  read: (portion: { limit: number; cursor?: string; matched?: number }) => Promise<Page>,
): AsyncGenerator<Page> {
  let matched = all;
  for (let left = limit, at = cursor, most = 100; ; most = 300) {
    const known = { ...(at === undefined ? {} : { cursor: at }), ...(matched === undefined ? {} : { matched }) };
    const page = await read({ limit: Math.min(left, most), ...known });
    yield page;
    matched = page.number_matched;
    left -= page.items.length;
    if (left <= 0 || page.next_cursor === null) return;
    at = page.next_cursor;
  }
}

/** A file in another system or encoding than was asked for would be taken for what was asked for. */
const noOption = ({ id }: ExportFormat, option: 'srid' | 'encoding') => {
  const takers = Object.values(exportFormats).filter((format) => format.options.includes(option));
  const known = takers.map((format) => format.id).join(', ');
  return invalidField(option, {
    zh: `导出格式 ${id} 不能指定 ${option}（坐标为经纬度，文字为 UTF-8）；可以指定的格式：${known}。`,
    en: `The format ${id} takes no ${option} (it is in lon/lat and UTF-8); formats that do: ${known}.`,
  });
};

const noFormat = (id: string) => {
  const known = Object.keys(exportFormats).join(', ');
  return new AppError(
    'not-found',
    {
      zh: `没有“${shown(id)}”这种导出格式，可用：${known}。`,
      en: `There is no export format “${shown(id)}”; there are: ${known}.`,
    },
    { field: 'format' },
  );
};
