/** Uploads that may break off and be gone on with; a finished one is named by `upload_id` where a file would be sent. */
import type { App, AppDeps } from '../context.ts';
import { problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/uploads.ts';
import { offsetType, resumableUploads } from '../uploads/resumable.ts';

const tags = ['uploads'];

export function uploadRoutes(app: App, { config, uploads }: AppDeps): void {
  const answer = resumableUploads(uploads.store, config, '/api/v1/uploads');
  // the body is left where it is: the tus server reads it
  app.addContentTypeParser(offsetType, (_request, _body, done) => done(null));

  app.options(
    '/uploads',
    {
      schema: {
        tags,
        summary: '断点续传（tus 1.0.0）：版本、扩展与上限',
        response: { 204: schemas.abilities, ...problemResponse },
      },
    },
    answer,
  );
  app.post(
    '/uploads',
    {
      schema: {
        tags,
        summary: '建立一个上传（tus creation）；传完后在上传接口的表单中用 upload_id 代替 file',
        headers: schemas.CreateHeaders,
        response: { 201: schemas.created, ...problemResponse },
      },
    },
    answer,
  );
  app.head(
    '/uploads/:upload_id',
    {
      schema: {
        tags,
        summary: '已收到多少字节：中断后由此续传',
        params: schemas.UploadPath,
        headers: schemas.VersionHeaders,
        response: { 200: schemas.state, ...problemResponse },
      },
      config: { swagger: { exposeHeadRoute: true } },
    },
    answer,
  );
  app.patch(
    '/uploads/:upload_id',
    {
      schema: {
        tags,
        summary: '从 Upload-Offset 起接着传；正文类型 application/offset+octet-stream',
        params: schemas.UploadPath,
        headers: schemas.PatchHeaders,
        response: { 204: schemas.advanced, ...problemResponse },
      },
    },
    answer,
  );
  app.delete(
    '/uploads/:upload_id',
    {
      schema: {
        tags,
        summary: '放弃一个上传并删除其内容；已提交的任务不受影响',
        params: schemas.UploadPath,
        headers: schemas.VersionHeaders,
        response: { 204: { description: 'deleted', type: 'null' }, ...problemResponse },
      },
    },
    answer,
  );
}
