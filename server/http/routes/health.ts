import { engineVersion } from '../../verification/version.ts';
import type { App, AppDeps } from '../context.ts';
import { Live, Ready } from '../schemas/registries.ts';

/** `ready`: the database answers. Migrations are done before the app is built, so an app that answers has them. */
export function healthRoutes(app: App, { database }: AppDeps): void {
  app.get(
    '/health/live',
    { schema: { tags: ['health'], summary: '进程在运行', response: { 200: Live } } },
    async () => ({ status: 'alive' as const }),
  );

  app.get(
    '/health/ready',
    { schema: { tags: ['health'], summary: '可以受理请求', response: { 200: Ready, 503: Ready } } },
    async (request, reply) => {
      const answers = await answersWithin(database.pool, 5000).catch((error: unknown) => {
        request.log.warn({ err: error }, 'the database does not answer');
        return false;
      });
      reply.code(answers ? 200 : 503);
      const embedded = database.kind === 'embedded';
      return {
        status: answers ? ('ready' as const) : ('not-ready' as const),
        version: engineVersion,
        database: { kind: database.kind, ...database.engine },
        promises: {
          process_death: true,
          power_loss: !embedded,
          role_separation: !embedded,
          note: embedded ? embeddedNote : serverNote,
        },
      };
    },
  );
}

async function answersWithin(pool: AppDeps['database']['pool'], ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([pool.query('select 1').then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

const embeddedNote =
  '内置数据库：进程被终止不丢数据；断电可能丢失最近的写入（从不 fsync）；不区分数据库角色。正式使用请接 PostGIS。 ' +
  'Embedded database: survives the death of the process, not a power loss (it never calls fsync); no separation of database roles. Use PostGIS in production.';
const serverNote =
  'PostGIS：持久性与角色权限由该服务器的设置保证。 Durability and roles are those of the PostGIS server.';
