import { checks } from '../../checks/index.ts';
import type { RunSummary, VerdictRow } from '../../domain/verdict-feature.ts';
import { AppError } from '../../errors.ts';
import { type ExportFormat, type ExportOptions, exportFormats } from '../../exports/index.ts';
import { type StatesByCheck, statesOf, withReviews } from '../../ledger/flag-states.ts';
import { facetsOf, findVerdicts } from '../../verification/find-verdicts.ts';
import { readVerdict, readVerdicts, streamVerdicts, toFeature } from '../../verification/read-verdicts.ts';
import { indexRun } from '../../verification/run-index.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { filterAsked } from '../parcel-filter.ts';
import { invalidField, notFound, shown } from '../problem.ts';
import { historyOf } from '../reading/reviews.ts';
import { defaultLimit, JsonObject, problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/runs.ts';
import { attachment, featureCollection } from '../streams.ts';
import { finishedRun } from './runs.ts';
import { answerStream } from './shared.ts';

export function verdictRoutes(app: App, { database, config }: AppDeps): void {
  const { db } = database;
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
      const run = await finishedRun(db, request.params.run_id);
      const { limit = defaultLimit, cursor, sort, ...asked } = request.query;
      const filter = filterAsked(asked);
      const question = ['verdicts', run.run_id, filter, sort ?? 'upload'];
      const position = decodeCursor(question, cursor);
      await indexRun(database, run);
      const found = await findVerdicts(db, run, filter, {
        limit,
        cursor: position,
        ...(sort === undefined ? {} : { sort }),
      });
      const ending = () => ({
        next_cursor: found.next_cursor === null ? null : encodeCursor(question, found.next_cursor),
        number_matched: found.number_matched,
      });
      const pages = inPortions(found.ordinals, async (ordinals) => {
        const rows = await readVerdicts(db, run, ordinals);
        const states = await statesOf(db, run, ordinals);
        return rows.map((row) => reviewed(row, states.get(row.ordinal)));
      });
      return answerStream(
        reply,
        'application/geo+json; charset=utf-8',
        featureCollection(pages, (feature: object) => feature, ending),
      );
    },
  );

  app.get(
    '/runs/:run_id/facets',
    {
      schema: {
        tags: ['runs'],
        summary: '各筛选项的地块数：每项按其余条件计',
        params: RunPath,
        querystring: schemas.ParcelFilterQuery,
        response: { 200: schemas.Facets, ...problemResponse },
      },
    },
    async (request) => {
      const run = await finishedRun(db, request.params.run_id);
      const filter = filterAsked(request.query);
      await indexRun(database, run);
      return facetsOf(db, run, filter);
    },
  );

  app.get(
    '/runs/:run_id/verdicts/:parcel_id',
    {
      schema: {
        tags: ['runs'],
        summary: '一个地块的结论、各项检查与图斑切块（含图形）',
        params: schemas.VerdictPath,
        querystring: schemas.OneVerdictQuery,
        response: { 200: JsonObject, ...problemResponse },
      },
    },
    async (request) => {
      const run = await finishedRun(db, request.params.run_id);
      const { run_id, region_code } = run;
      const { parcel_id } = request.params;
      // no text of the database holds NUL, and asking for it is an error there
      const row = parcel_id.includes('\0')
        ? null
        : await readVerdict(db, { region_code, run_id }, parcel_id, request.query.ordinal);
      if (row === null) throw notFound({ zh: '地块', en: 'parcel' }, parcel_id);
      const { piece_features, ...verdict } = row;
      await indexRun(database, run);
      const states = await statesOf(db, run, [verdict.ordinal]);
      const feature = reviewed(verdict, states.get(verdict.ordinal));
      const history = await historyOf(db, region_code, verdict, config.limits.reviews);
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
      return { ...feature, properties: { ...feature.properties, ...more }, piece_features, history };
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
      const { manifest, summary } = await db
        .selectFrom('run')
        .select(['manifest', 'summary'])
        .where('region_code', '=', key.region_code)
        .where('run_id', '=', key.run_id)
        .executeTakeFirstOrThrow();
      const bytes = format.write({
        run: { ...key, created_at: run.created_at, summary: summary as unknown as RunSummary, manifest },
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

/**
 * The feature of CONTRACT §4 with what people decided. Its `id` is its place in the run, as on its tiles: parcel ids may repeat over sets.
 * Its shape is told by its hash, which decisions name.
 */
function reviewed(row: VerdictRow, states: StatesByCheck | undefined) {
  const feature = toFeature(row);
  const properties = { ...withReviews(feature.properties, states), geometry_hash: row.geometry_hash };
  return { ...feature, id: row.ordinal, properties };
}

/**
 * A page of 10,000 read by some hundred rows: it is written as it is read, and others get their turn between. The first portion is the
 * smallest, so that something is there soon.
 */
async function* inPortions<Row>(
  ordinals: readonly number[],
  read: (ordinals: readonly number[]) => Promise<Row[]>,
): AsyncGenerator<{ items: Row[] }> {
  if (ordinals.length === 0) yield { items: [] };
  for (let from = 0, most = 100; from < ordinals.length; from += most, most = 300)
    yield { items: await read(ordinals.slice(from, from + most)) };
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
