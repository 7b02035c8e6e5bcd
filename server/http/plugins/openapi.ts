/** The description of the API, made from the same schemas that check the requests. */
import swagger from '@fastify/swagger';
import type { App } from '../context.ts';

export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '占补核查 zhanbu',
        version: '1',
        description:
          '补充耕地核查接口。面积均为 CGCS2000 椭球面积，单位 m²，不取整。错误按 RFC 9457 答复，语言随 Accept-Language（zh-CN 默认，en）。',
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'registries', description: '检查项、图层类型、限额' },
        { name: 'layers', description: '参考图层' },
        { name: 'parcel-sets', description: '补充耕地地块集' },
        { name: 'project-registers', description: '补充耕地项目登记' },
        { name: 'uploads', description: '断点续传（tus 协议）' },
        { name: 'jobs', description: '后台任务' },
        { name: 'runs', description: '核查与结果' },
        { name: 'tiles', description: '矢量瓦片（OGC API – Tiles）' },
        { name: 'reviews', description: '审核：决定、附件与事件' },
        { name: 'health', description: '运行状况' },
      ],
    },
    hideUntagged: true,
  });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    return app.swagger();
  });
}
