import { type Static, Type } from 'typebox';
import { checkIds, outcomes, verdicts } from '../../domain/outcome.ts';
import { reviewStates } from '../../domain/review.ts';
import { sorts } from '../../verification/find-verdicts.ts';
import {
  Bbox,
  closed,
  Extent,
  Json,
  JsonObject,
  Nullable,
  Page,
  Problem,
  paging,
  RegionCode,
  Time,
  Uuid,
} from './common.ts';
import { jobStates } from './jobs.ts';

/** the one character that no text of the database can hold */
const withoutNul = '^[^\\u0000]*$';

const Id = Type.String({ minLength: 1, maxLength: 64 });

export const RunBody = Type.Object(
  {
    parcel_set_ids: Type.Array(Id, { minItems: 1, maxItems: 1000 }),
    layer_ids: Type.Optional(
      Type.Array(Id, { maxItems: 1000, description: '缺省：每种图层的最新版本，土地利用取全部年份' }),
    ),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
        description: '{检查: {参数: 值}}；检查可为 *',
      }),
    ),
    earlier_set_ids: Type.Optional(
      Type.Array(Id, { maxItems: 1000, description: 'parcel-overlap 比对的已有地块集；缺省为同县已核查的' }),
    ),
    register_id: Type.Optional(
      Type.Union([Id, Type.Null()], { description: '项目登记的版本；缺省为有效版本，null 为不用' }),
    ),
    region_code: Type.Optional(RegionCode),
  },
  closed,
);
export type RunBody = Static<typeof RunBody>;

export const RunAccepted = Type.Object({ job_id: Uuid, run_id: Uuid });

export const Run = Type.Object({
  run_id: Uuid,
  region_code: RegionCode,
  state: Type.Enum([...jobStates]),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  job_id: Nullable(Uuid),
  parcel_set_ids: Type.Array(Uuid),
  layer_ids: Type.Array(Uuid),
  params: JsonObject,
  parcel_count: Type.Integer(),
  summary: Nullable(JsonObject),
  problem: Type.Optional(Problem),
  created_at: Time,
  started_at: Nullable(Time),
  finished_at: Nullable(Time),
});
export type Run = Static<typeof Run>;

export const RunOne = Type.Interface([Run], { bbox: Nullable(Extent) });
export const RunPage = Page(Run);
export const RunQuery = Type.Object(
  { region_code: Type.Optional(RegionCode), state: Type.Optional(Type.Enum([...jobStates])), ...paging },
  closed,
);

/** What selects parcels of a run; all of it together. */
export const parcelFilter = {
  verdict: Type.Optional(Type.Enum([...verdicts])),
  check: Type.Optional(Type.Enum([...checkIds], { description: '与 outcome、state 合用；单用时为该检查不通过的地块' })),
  outcome: Type.Optional(Type.Enum([...outcomes])),
  state: Type.Optional(
    Type.Enum([...reviewStates], { description: '审核状态：疑似、已确认、已否定；stale 为依据已变的决定' }),
  ),
  project_code: Type.Optional(
    Type.String({ maxLength: 200, pattern: withoutNul, description: '空值为没有项目编号的地块' }),
  ),
  township: Type.Optional(Type.String({ maxLength: 200, pattern: withoutNul, description: '空值为没有乡镇的地块' })),
  area_min: Type.Optional(Type.Number({ minimum: 0, description: 'm²，含' })),
  area_max: Type.Optional(Type.Number({ minimum: 0, description: 'm²，含' })),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: withoutNul,
      description: '地块编号、项目编号或项目名称中的文字，不分大小写',
    }),
  ),
  bbox: Type.Optional(Bbox),
};

export const ParcelFilterQuery = Type.Object(parcelFilter, closed);
export type ParcelFilterQuery = Static<typeof ParcelFilterQuery>;

export const VerdictQuery = Type.Object(
  {
    ...parcelFilter,
    sort: Type.Optional(Type.Enum([...sorts], { description: '缺省为上传顺序；前加 - 为从大到小' })),
    ...paging,
  },
  closed,
);

const Count = Type.Integer({ minimum: 0 });
export const Facets = Type.Object({
  number_matched: Count,
  verdict: Type.Record(Type.String(), Count),
  check: Type.Record(Type.String(), Type.Record(Type.String(), Count)),
  project_code: Type.Array(
    Type.Object({ project_code: Nullable(Type.String()), project_name: Nullable(Type.String()), count: Count }),
  ),
  township: Type.Array(Type.Object({ township: Nullable(Type.String()), count: Count })),
  state: Type.Record(Type.String(), Count),
});

export const VerdictFeatureOut = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.Integer({ description: '在本次核查中的序号，与瓦片要素的编号一致' }),
  geometry: Json,
  properties: JsonObject,
});
export const VerdictCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(VerdictFeatureOut),
  next_cursor: Nullable(Type.String()),
  number_matched: Type.Integer(),
});

export const VerdictPath = Type.Object({ run_id: Type.String(), parcel_id: Type.String() }, closed);
export const OneVerdictQuery = Type.Object(
  {
    ordinal: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2 ** 31 - 1,
        description: '要素的 id；几个地块集有同一编号的地块时用以区分',
      }),
    ),
  },
  closed,
);
export const ExportPath = Type.Object({ run_id: Type.String(), format: Type.String() }, closed);
export const ExportQuery = Type.Object(
  {
    srid: Type.Optional(Type.Integer({ minimum: 1, maximum: 999_999, description: 'EPSG' })),
    encoding: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.:-]{2,40}$' })),
    only: Type.Optional(Type.Enum(['flagged'])),
  },
  closed,
);
