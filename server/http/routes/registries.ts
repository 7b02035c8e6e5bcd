import { checks } from '../../checks/index.ts';
import { exportFormats } from '../../exports/index.ts';
import { layerTypes } from '../../layers/index.ts';
import { engineVersion } from '../../verification/version.ts';
import type { App, AppDeps } from '../context.ts';
import { maxLimit, problemResponse } from '../schemas/common.ts';
import { ConfigOut, Registry } from '../schemas/registries.ts';

/** The registries as data: the map, the documents and other systems never retype a title or a threshold. */
export function registryRoutes(app: App, { database, config }: AppDeps): void {
  const list = (items: object[]) => ({ items, next_cursor: null, number_matched: items.length });
  const response = { 200: Registry, ...problemResponse };

  app.get(
    '/checks',
    { schema: { tags: ['registries'], summary: '检查项：标题、缘由、依据、参数', response } },
    async () =>
      list(
        checks.map(({ id, version, title, why, fix, basis, params, needs, without, measure }) => ({
          id,
          version,
          title,
          why,
          fix,
          basis,
          params,
          needs,
          without,
          measure,
        })),
      ),
  );

  app.get('/layer-types', { schema: { tags: ['registries'], summary: '图层类型', response } }, async () =>
    list(
      layerTypes.map((type) => ({
        type: type.id,
        title: type.title,
        kind: type.kind,
        needs_year: type.needs_year,
        fields: type.fields,
        required: type.required,
        coverage: type.coverage,
        note: type.note,
      })),
    ),
  );

  app.get(
    '/config',
    {
      schema: { tags: ['registries'], summary: '现行限额与引擎版本', response: { 200: ConfigOut, ...problemResponse } },
    },
    async () => ({
      version: engineVersion,
      region_code: config.regionCode,
      database: { kind: database.kind, ...database.engine },
      limits: {
        parcels: snakeKeys(config.limits.parcels),
        layers: snakeKeys(config.limits.layers),
        registers: snakeKeys(config.limits.registers),
        uploads: { kept_hours: config.uploads.keptHours, most: config.uploads.most },
        reviews: snakeKeys(config.limits.reviews),
        page: maxLimit,
      },
      basemaps: config.basemaps.map(({ cog: _, ...told }) => told),
      export_formats: Object.values(exportFormats).map(({ id, title, contentType, extension, options }) => ({
        id,
        title,
        content_type: contentType,
        extension,
        options,
      })),
    }),
  );
}

/** entryBytes → entry_bytes: keys of answers are snake_case (CONTRACT). */
function snakeKeys(limits: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(limits).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
