import { type Static, Type } from 'typebox';
import {
  Bbox,
  closed,
  Extent,
  Json,
  JsonObject,
  Nullable,
  Page,
  paging,
  RegionCode,
  Time,
  Uuid,
  Warning,
} from './common.ts';

const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** What both uploads may say about how to read the file. In a form everything is text. */
export const readingFields = {
  name: Type.Optional(Text(200)),
  region_code: Type.Optional(RegionCode),
  srid: Type.Optional(
    Type.String({ pattern: '^[0-9]{4,6}$', description: 'EPSG；KML/KMZ 必填 4490 或 4326，即担保没有 GCJ-02 偏移' }),
  ),
  encoding: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.:-]{2,40}$', description: 'UTF-8, GBK, GB18030, …' })),
  sublayer: Type.Optional(
    Type.String({ minLength: 1, maxLength: 400, description: '图层名或别名、压缩包内的文件、文件/图层；* 合并全部' }),
  ),
};

export const LayerFields = Type.Object(
  {
    type: Type.String({ maxLength: 60, description: '见 /layer-types' }),
    year: Type.Optional(Type.String({ pattern: '^(19|20)[0-9]{2}$' })),
    ...readingFields,
    code_system: Type.Optional(Type.Enum(['td3', 'td2', 'yhyh'])),
    source: Type.Optional(Text(500)),
    increment: Type.Optional(
      Type.Enum(['true', 'false'], {
        description:
          'true：文件是增量包（DLTBGX，或 DLTBGX 与 DLTBGXGC），由基期图层更新成 year 年的图层；写明基期即为 true',
      }),
    ),
    base_layer_id: Type.Optional(
      Type.String({ pattern: uuidPattern, description: '增量包的基期图层；默认本县年份早于 year 的最新地类图斑' }),
    ),
    base_year: Type.Optional(Type.String({ pattern: '^(19|20)[0-9]{2}$', description: '增量包的基期年份' })),
  },
  closed,
);

export const Layer = Type.Object({
  layer_id: Uuid,
  region_code: RegionCode,
  type: Type.String(),
  year: Nullable(Type.Integer()),
  name: Type.String(),
  file_name: Type.String(),
  sha256: Type.String(),
  source: Nullable(Type.String()),
  code_system: Nullable(Type.String()),
  feature_count: Type.Integer(),
  raster: Json,
  decisions: JsonObject,
  warnings: Type.Array(Warning),
  created_at: Time,
});
export type Layer = Static<typeof Layer>;

export const LayerOne = Type.Interface([Layer], { bbox: Nullable(Extent) });
export const LayerPage = Page(Layer);

export const LayerAccepted = Type.Object({ job_id: Uuid, layer_id: Uuid });
export const LayerExisting = Type.Interface([Layer], { job_id: Nullable(Uuid) });

export const LayerQuery = Type.Object(
  { type: Type.Optional(Type.String({ maxLength: 60 })), region_code: Type.Optional(RegionCode), ...paging },
  closed,
);

export const FeatureQuery = Type.Object(
  {
    bbox: Type.Optional(Bbox),
    tolerance: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: '仅供屏幕显示的简化容差（度），0 为不简化' }),
    ),
    ...paging,
  },
  closed,
);

export const LayerFeatureCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(
    Type.Object({
      type: Type.Literal('Feature'),
      geometry: Json,
      properties: Type.Object({
        feature_no: Type.Integer(),
        name: Nullable(Type.String()),
        number: Nullable(Type.String()),
        class_code: Nullable(Type.String()),
      }),
    }),
  ),
  next_cursor: Nullable(Type.String()),
  number_matched: Type.Integer(),
});
