import { registerProjects } from '../../database/register-content.ts';
import type { AreaUnit } from '../../domain/area-units.ts';
import { csvTemplate, xlsxTemplate } from '../../exports/register-template.ts';
import { registerId } from '../../intake/identity.ts';
import { newestJobAbout } from '../../jobs/job-store.ts';
import { certifiedBalance } from '../../verification/certified.ts';
import type { Manifest } from '../../verification/manifest.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { checkReading, formReader } from '../form.ts';
import { idempotent } from '../idempotent.ts';
import { localized } from '../localized.ts';
import { notFound } from '../problem.ts';
import { oneRegister, pageOfRegisters, type RegisterRow, showRegister } from '../reading/project-registers.ts';
import { problemResponse, RunPath } from '../schemas/common.ts';
import * as schemas from '../schemas/project-registers.ts';
import { attachment } from '../streams.ts';
import { receiveUpload } from '../upload.ts';
import { finishedRun } from './runs.ts';
import { multipart } from './shared.ts';

const readFields = formReader(schemas.RegisterFields);
const tags = ['project-registers'];

export function projectRegisterRoutes(app: App, { database: { db }, config, jobs, uploads }: AppDeps): void {
  const found = async (id: string): Promise<RegisterRow> => {
    const register = await oneRegister(db, id);
    if (register === undefined) throw notFound({ zh: '项目登记', en: 'project register' }, id);
    return register;
  };

  app.get(
    '/project-registers/template',
    {
      schema: {
        tags,
        summary: '下载项目登记的空白模板（xlsx 或 csv，面积单位写在表头里）',
        querystring: schemas.TemplateQuery,
        response: { 200: { description: 'xlsx 或 csv 文件' }, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { format = 'xlsx', unit = 'ha' } = request.query as { format?: 'xlsx' | 'csv'; unit?: AreaUnit };
      reply.header('content-disposition', attachment(`补充耕地项目登记.${format}`, `project-register.${format}`));
      if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(csvTemplate(unit));
      return reply
        .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
        .send(await xlsxTemplate(unit));
    },
  );

  app.post(
    '/project-registers',
    {
      ...multipart(schemas.RegisterFields, {
        tags,
        summary:
          '上传补充耕地项目登记（xlsx、csv），成为本县的新版本；dry_run=true 只读不存；同样的文件再传，答复已有的（200）',
        querystring: schemas.RegisterUploadQuery,
        response: { 200: schemas.RegisterExisting, 202: schemas.RegisterAccepted, ...problemResponse },
      }),
    },
    async (request, reply) => {
      const dryRun = (request.query as { dry_run?: boolean }).dry_run === true;
      const { asked, file } = await receiveUpload(request, {
        dataDir: config.dataDir,
        uploads,
        limitBytes: config.limits.registers.entryBytes,
        check: (fields) => checkReading(readFields(fields)),
      });
      return idempotent(db, request, reply, [asked, file.sha256, dryRun], async () => {
        const { region_code, ...reading } = asked;
        const id = registerId(file.sha256, { ...reading, regionCode: region_code ?? config.regionCode });
        const input = {
          ...reading,
          ...(region_code === undefined ? {} : { regionCode: region_code }),
          sha256: file.sha256,
          fileName: file.fileName,
          registerId: id,
        };
        const newJob = { kind: 'receive-register', uploadSha256: file.sha256, requestId: request.id };
        if (dryRun) {
          const jobId = await jobs.enqueue({ ...newJob, input: { ...input, dryRun } });
          return { status: 202, body: { job_id: jobId, register_id: id } };
        }
        const existing = await oneRegister(db, id);
        const job = await newestJobAbout(db, id);
        if (existing !== undefined)
          return { status: 200, body: { job_id: job?.job_id ?? null, ...showRegister(existing, languageOf(request)) } };
        const going = job !== undefined && (job.state === 'queued' || job.state === 'running') && !job.cancel_requested;
        const jobId = going ? job.job_id : await jobs.enqueue({ ...newJob, input, subjectId: id });
        return { status: 202, body: { job_id: jobId, register_id: id } };
      });
    },
  );

  app.get(
    '/project-registers',
    {
      schema: {
        tags,
        summary: '项目登记各版本，新的在前；current 为有效版本',
        querystring: schemas.RegisterQuery,
        response: { 200: schemas.RegisterPage, ...problemResponse },
      },
    },
    async (request) => pageOfRegisters(db, request.query, languageOf(request)),
  );

  app.get(
    '/project-registers/:register_id',
    {
      schema: {
        tags,
        summary: '项目登记的一个版本',
        params: schemas.RegisterPath,
        response: { 200: schemas.Register, ...problemResponse },
      },
    },
    async (request) => showRegister(await found(request.params.register_id), languageOf(request)),
  );

  app.get(
    '/project-registers/:register_id/projects',
    {
      schema: {
        tags,
        summary: '一个版本的全部项目，按备案编号',
        params: schemas.RegisterPath,
        querystring: schemas.ProjectQuery,
        response: { 200: schemas.ProjectPage, ...problemResponse },
      },
    },
    async (request) => {
      const { status } = request.query;
      const projects = await registerProjects(db, await found(request.params.register_id));
      // whole: a version has at most 10,000 projects (domain/limits.ts), as many as a page may
      const items = projects.filter((project) => status === undefined || project.status === status);
      return { items, next_cursor: null, number_matched: items.length };
    },
  );

  app.get(
    '/runs/:run_id/projects',
    {
      schema: {
        tags: ['runs'],
        summary: '各项目地块与核定数的对照（数量、水田、产能）；已核定为核减，待核定为核定前扣除',
        params: RunPath,
        querystring: schemas.RunProjectsQuery,
        response: { 200: schemas.RunProjects, ...problemResponse },
      },
    },
    async (request) => {
      const run = await finishedRun(db, request.params.run_id);
      const row = await db
        .selectFrom('run')
        .select('manifest')
        .where('region_code', '=', run.region_code)
        .where('run_id', '=', run.run_id)
        .executeTakeFirstOrThrow();
      const balance = await certifiedBalance(db, run, row.manifest as unknown as Manifest);
      const { status } = request.query;
      const projects = balance.projects.filter((project) => status === undefined || project.status === status);
      return localized({ ...balance, projects }, languageOf(request));
    },
  );
}
