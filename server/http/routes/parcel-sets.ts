import { AppError } from '../../errors.ts';
import { parcelSetId } from '../../intake/identity.ts';
import { type LocatedProblem, setProblems } from '../../intake/set-problems.ts';
import { newestJobAbout } from '../../jobs/job-store.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { checkReading, formReader, readFieldMap, readIds } from '../form.ts';
import { idempotent } from '../idempotent.ts';
import { notFound } from '../problem.ts';
import { boxOfSets, oneParcelSet, type ParcelSetRow, pageOfParcelSets, showParcelSet } from '../reading/parcel-sets.ts';
import { asPortions, problemFeature } from '../reading/problems.ts';
import { ParcelSetPath, problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/parcel-sets.ts';
import { attachment, featureCollection } from '../streams.ts';
import { receiveUpload } from '../upload.ts';
import { answerStream, multipart } from './shared.ts';

const readFields = formReader(schemas.ParcelSetFields);

export function parcelSetRoutes(app: App, { database: { db }, config, jobs, uploads }: AppDeps): void {
  const found = async (id: string): Promise<ParcelSetRow> => {
    const set = await oneParcelSet(db, id);
    if (set === undefined) throw notFound({ zh: '地块集', en: 'parcel set' }, id);
    return set;
  };

  app.post(
    '/parcel-sets',
    {
      ...multipart(schemas.ParcelSetFields, {
        tags: ['parcel-sets'],
        summary: '上传补充耕地地块；dry_run=true 只读不存；同样的文件与读法再传一次，答复已有的（200）',
        querystring: schemas.ParcelSetUploadQuery,
        response: { 200: schemas.ParcelSetExisting, 202: schemas.ParcelSetAccepted, ...problemResponse },
      }),
    },
    async (request, reply) => {
      const dryRun = (request.query as { dry_run?: boolean }).dry_run === true;
      const { asked, file } = await receiveUpload(request, {
        dataDir: config.dataDir,
        uploads,
        limitBytes: config.limits.parcels.archiveBytes,
        check: (fields) => parcelsAsked(checkReading(readFields(fields))),
      });
      return idempotent(db, request, reply, [asked, file.sha256, dryRun], async () => {
        for (const id of asked.replaces ?? [])
          if ((await oneParcelSet(db, id)) === undefined) throw unknownReplaced(id);
        const id = parcelSetId(file.sha256, { ...asked, regionCode: asked.regionCode ?? config.regionCode });
        const input = { ...asked, sha256: file.sha256, fileName: file.fileName, parcelSetId: id };
        const newJob = { kind: 'receive-parcels', uploadSha256: file.sha256, requestId: request.id };
        if (dryRun) {
          const jobId = await jobs.enqueue({ ...newJob, input: { ...input, dryRun } });
          return { status: 202, body: { job_id: jobId, parcel_set_id: id } };
        }
        const existing = await oneParcelSet(db, id);
        const job = await newestJobAbout(db, id);
        if (existing !== undefined) {
          if (asked.replaces?.some((other) => !existing.replaces.includes(other))) throw replacesTooLate();
          return {
            status: 200,
            body: { job_id: job?.job_id ?? null, ...showParcelSet(existing, languageOf(request)) },
          };
        }
        const going = job !== undefined && (job.state === 'queued' || job.state === 'running') && !job.cancel_requested;
        const jobId = going ? job.job_id : await jobs.enqueue({ ...newJob, input, subjectId: id });
        return { status: 202, body: { job_id: jobId, parcel_set_id: id } };
      });
    },
  );

  app.get(
    '/parcel-sets',
    {
      schema: {
        tags: ['parcel-sets'],
        summary: '地块集列表，新的在前',
        querystring: schemas.ParcelSetQuery,
        response: { 200: schemas.ParcelSetPage, ...problemResponse },
      },
    },
    async (request) => pageOfParcelSets(db, request.query, languageOf(request)),
  );

  app.get(
    '/parcel-sets/:parcel_set_id',
    {
      schema: {
        tags: ['parcel-sets'],
        summary: '一个地块集',
        params: ParcelSetPath,
        response: { 200: schemas.ParcelSetOne, ...problemResponse },
      },
    },
    async (request) => {
      const set = await found(request.params.parcel_set_id);
      return {
        ...showParcelSet(set, languageOf(request)),
        bbox: await boxOfSets(db, set.region_code, [set.parcel_set_id]),
      };
    },
  );

  app.get(
    '/parcel-sets/:parcel_set_id/problems',
    {
      schema: {
        tags: ['parcel-sets'],
        summary: '图形问题清单：GeoJSON 点（经纬度），按上传顺序，可在 GIS 中打开',
        params: ParcelSetPath,
        response: { 200: schemas.ProblemCollection, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { parcel_set_id, region_code, feature_count } = await found(request.params.parcel_set_id);
      const problems = setProblems(
        (work) => db.transaction().execute(work),
        { region_code, parcel_set_id },
        feature_count,
      );
      const language = languageOf(request);
      const stem = `${region_code}_${parcel_set_id.slice(0, 8)}.geojson`;
      reply.header('content-disposition', attachment(`图形问题_${stem}`, `zhanbu_problems_${stem}`));
      // as the exports: a file made of uploaded names runs nothing
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      const pieces = featureCollection(
        asPortions(problems),
        (problem: LocatedProblem) => problemFeature(problem, language),
        () => ({ name: 'problems' }),
      );
      return answerStream(reply, 'application/geo+json; charset=utf-8', pieces).catch((error: unknown) => {
        reply.removeHeader('content-disposition');
        throw error;
      });
    },
  );

  app.post(
    '/parcel-sets/:parcel_set_id/withdraw',
    {
      schema: {
        tags: ['parcel-sets'],
        summary: '撤回地块集：不再参与以后的核查，已有结果不变',
        params: ParcelSetPath,
        response: { 200: schemas.ParcelSet, ...problemResponse },
      },
    },
    async (request) => {
      const set = await found(request.params.parcel_set_id);
      await db
        .updateTable('parcel_set')
        .set({ withdrawn_at: new Date() })
        .where('parcel_set_id', '=', set.parcel_set_id)
        .where('withdrawn_at', 'is', null)
        .execute();
      return showParcelSet(await found(set.parcel_set_id), languageOf(request));
    },
  );
}

function parcelsAsked({ region_code, field_map, replaces, srid, area_unit, ...rest }: ReturnType<typeof readFields>) {
  const fieldMap = readFieldMap(field_map);
  const ids = readIds(replaces);
  return {
    ...rest,
    ...(srid === undefined ? {} : { srid: Number(srid) }),
    ...(region_code === undefined ? {} : { regionCode: region_code }),
    ...(fieldMap === undefined ? {} : { fieldMap }),
    ...(area_unit === undefined ? {} : { areaUnit: area_unit }),
    ...(ids === undefined ? {} : { replaces: ids }),
  };
}

const unknownReplaced = (id: string) =>
  new AppError(
    'not-found',
    {
      zh: `replaces 中的地块集 ${id} 不存在，请核对编号。`,
      en: `replaces names the parcel set ${id}, which is not here; check the id.`,
    },
    { field: 'replaces' },
  );
const replacesTooLate = () =>
  new AppError(
    'conflict',
    {
      zh: '该文件此前已入库，replaces 不能再改。如需停用旧的地块集，请撤回旧的地块集。',
      en: 'This file is here already and its replaces cannot be changed. Withdraw the older set instead.',
    },
    { field: 'replaces' },
  );
