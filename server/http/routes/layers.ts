import { layerId } from '../../intake/identity.ts';
import { asksIncrement, findBase } from '../../intake/increment-base.ts';
import { newestJobAbout } from '../../jobs/job-store.ts';
import { checkLayerYear, layerType } from '../../layers/index.ts';
import { readBox } from '../bbox.ts';
import { type App, type AppDeps, languageOf } from '../context.ts';
import { checkReading, formReader } from '../form.ts';
import { idempotent } from '../idempotent.ts';
import type { PageOf } from '../page.ts';
import { invalidField, notFound } from '../problem.ts';
import {
  boxOfLayer,
  type LayerRow,
  oneLayer,
  pageOfLayers,
  portionsOfFeatures,
  showFeature,
  showLayer,
} from '../reading/layers.ts';
import { retireLayer } from '../reading/retire-layer.ts';
import { LayerPath, problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/layers.ts';
import { featureCollection } from '../streams.ts';
import { receiveUpload } from '../upload.ts';
import { answerStream, multipart } from './shared.ts';

const readFields = formReader(schemas.LayerFields);

export function layerRoutes(app: App, { database: { db }, config, jobs, uploads }: AppDeps): void {
  const found = async (id: string): Promise<LayerRow> => {
    const layer = await oneLayer(db, id);
    if (layer === undefined) throw notFound({ zh: '图层', en: 'layer' }, id);
    return layer;
  };

  app.post(
    '/layers',
    {
      ...multipart(schemas.LayerFields, {
        tags: ['layers'],
        summary: '上传参考图层；同样的文件与标注再传一次，答复已有的图层（200）',
        response: { 200: schemas.LayerExisting, 202: schemas.LayerAccepted, ...problemResponse },
      }),
    },
    async (request, reply) => {
      const {
        asked: { asked, baseLayerId },
        file,
      } = await receiveUpload(request, {
        dataDir: config.dataDir,
        uploads,
        limitBytes: config.limits.layers.archiveBytes,
        check: async (fields) => {
          const asked = layerAsked(checkReading(readFields(fields)));
          if (!asksIncrement(asked)) return { asked };
          const base = await findBase(db, asked.regionCode ?? config.regionCode, asked);
          return { asked, baseLayerId: base.layer_id };
        },
      });
      return idempotent(db, request, reply, [asked, file.sha256], async () => {
        const labels = { ...asked, ...(baseLayerId === undefined ? {} : { baseLayerId }) };
        const id = layerId(file.sha256, { ...labels, regionCode: asked.regionCode ?? config.regionCode });
        const existing = await oneLayer(db, id);
        const job = await newestJobAbout(db, id);
        if (existing !== undefined)
          return { status: 200, body: { job_id: job?.job_id ?? null, ...showLayer(existing, languageOf(request)) } };
        const going = job !== undefined && (job.state === 'queued' || job.state === 'running') && !job.cancel_requested;
        const jobId = going
          ? job.job_id
          : await jobs.enqueue({
              kind: 'receive-layer',
              input: { ...labels, sha256: file.sha256, fileName: file.fileName, layerId: id },
              subjectId: id,
              uploadSha256: file.sha256,
              requestId: request.id,
            });
        return { status: 202, body: { job_id: jobId, layer_id: id } };
      });
    },
  );

  app.get(
    '/layers',
    {
      schema: {
        tags: ['layers'],
        summary: '图层列表，新的在前',
        querystring: schemas.LayerQuery,
        response: { 200: schemas.LayerPage, ...problemResponse },
      },
    },
    async (request) => {
      if (request.query.type !== undefined) layerType(request.query.type);
      return pageOfLayers(db, request.query, languageOf(request));
    },
  );

  app.get(
    '/layers/:layer_id',
    {
      schema: {
        tags: ['layers'],
        summary: '一个图层',
        params: LayerPath,
        response: { 200: schemas.LayerOne, ...problemResponse },
      },
    },
    async (request) => {
      const layer = await found(request.params.layer_id);
      return { ...showLayer(layer, languageOf(request)), bbox: await boxOfLayer(db, layer) };
    },
  );

  app.delete(
    '/layers/:layer_id',
    {
      schema: {
        tags: ['layers'],
        summary: '删除图层；被核查引用的不能删',
        params: LayerPath,
        response: { 204: { description: 'deleted', type: 'null' }, ...problemResponse },
      },
    },
    async (request, reply) => {
      const layer = await found(request.params.layer_id);
      await retireLayer(db, layer.layer_id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/layers/:layer_id/features',
    {
      schema: {
        tags: ['layers'],
        summary: '图层要素，仅供屏幕显示（按 tolerance 简化，不用于量算）',
        params: LayerPath,
        querystring: schemas.FeatureQuery,
        response: { 200: schemas.LayerFeatureCollection, ...problemResponse },
      },
    },
    async (request, reply) => {
      const layer = await found(request.params.layer_id);
      if (layer.raster !== null) throw isRaster();
      const { bbox, ...query } = request.query;
      const portions = portionsOfFeatures(db, layer, { ...query, bbox: readBox(bbox) });
      const ending = ({ next_cursor, number_matched }: PageOf<unknown>) => ({ next_cursor, number_matched });
      return answerStream(
        reply,
        'application/geo+json; charset=utf-8',
        featureCollection(portions, showFeature, ending),
      );
    },
  );
}

function layerAsked(fields: ReturnType<typeof readFields>) {
  const { region_code, code_system, type, year, srid, increment, base_layer_id, base_year, ...rest } = fields;
  const labels = {
    ...rest,
    ...(increment === undefined ? {} : { increment: increment === 'true' }),
    ...(base_layer_id === undefined ? {} : { baseLayerId: base_layer_id.toLowerCase() }),
    ...(base_year === undefined ? {} : { baseYear: Number(base_year) }),
    type: layerType(type).id,
    ...(year === undefined ? {} : { year: Number(year) }),
    ...(srid === undefined ? {} : { srid: Number(srid) }),
    ...(region_code === undefined ? {} : { regionCode: region_code }),
    ...(code_system === undefined ? {} : { codeSystem: code_system }),
  };
  checkLayerYear(layerType(type), labels.year);
  return labels;
}

const isRaster = () =>
  invalidField('layer_id', {
    zh: '栅格图层没有要素；坡度结果请看核查结论。',
    en: 'A raster layer has no features; slope is told in the verdicts.',
  });
