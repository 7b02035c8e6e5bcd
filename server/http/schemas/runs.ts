import { type Static, Type } from 'typebox';
import { checkIds, outcomes, verdicts } from '../../domain/outcome.ts';
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

export const VerdictQuery = Type.Object(
  {
    verdict: Type.Optional(Type.Enum([...verdicts])),
    check: Type.Optional(Type.Enum([...checkIds], { description: '与 outcome 合用；单用时为该检查不通过的地块' })),
    outcome: Type.Optional(Type.Enum([...outcomes])),
    project_code: Type.Optional(Type.String({ maxLength: 200, pattern: withoutNul })),
    township: Type.Optional(Type.String({ maxLength: 200, pattern: withoutNul })),
    bbox: Type.Optional(Bbox),
    ...paging,
  },
  closed,
);

export const VerdictFeatureOut = Type.Object({
  type: Type.Literal('Feature'),
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
export const ExportPath = Type.Object({ run_id: Type.String(), format: Type.String() }, closed);
export const ExportQuery = Type.Object(
  {
    srid: Type.Optional(Type.Integer({ minimum: 1, maximum: 999_999, description: 'EPSG' })),
    encoding: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.:-]{2,40}$' })),
    only: Type.Optional(Type.Enum(['flagged'])),
  },
  closed,
);
