import { type Static, Type } from 'typebox';
import { areaUnits } from '../../domain/area-units.ts';
import { closed, Extent, JsonObject, Nullable, Page, paging, RegionCode, Time, Uuid, Warning } from './common.ts';
import { readingFields } from './layers.ts';

export const ParcelSetFields = Type.Object(
  {
    ...readingFields,
    field_map: Type.Optional(
      Type.String({ maxLength: 20_000, description: 'JSON：{字段: 属性名}；{"constant": 值} 为常数' }),
    ),
    area_unit: Type.Optional(
      Type.Enum([...areaUnits], { description: '申报面积的单位：m2、ha（公顷）、mu（亩）；不写则按合计判定' }),
    ),
    replaces: Type.Optional(
      Type.String({ maxLength: 4000, description: '被替换的 parcel_set_id，多个用逗号分隔或用 JSON 数组' }),
    ),
  },
  closed,
);

export const ParcelSetUploadQuery = Type.Object(
  { dry_run: Type.Optional(Type.Boolean({ description: 'true：只读不存' })) },
  closed,
);

export const ParcelSet = Type.Object({
  parcel_set_id: Uuid,
  region_code: RegionCode,
  name: Type.String(),
  file_name: Type.String(),
  sha256: Type.String(),
  feature_count: Type.Integer(),
  area_m2: Type.Number(),
  replaces: Type.Array(Type.String()),
  withdrawn_at: Nullable(Time),
  accepted_at: Nullable(Time),
  decisions: JsonObject,
  warnings: Type.Array(Warning),
  created_at: Time,
});
export type ParcelSet = Static<typeof ParcelSet>;

export const ParcelSetOne = Type.Interface([ParcelSet], { bbox: Nullable(Extent) });
export const ParcelSetPage = Page(ParcelSet);
export const ParcelSetAccepted = Type.Object({ job_id: Uuid, parcel_set_id: Uuid });
export const ParcelSetExisting = Type.Interface([ParcelSet], { job_id: Nullable(Uuid) });
export const ParcelSetQuery = Type.Object({ region_code: Type.Optional(RegionCode), ...paging }, closed);

const Measure = Nullable(Type.Number());
export const ProblemFeature = Type.Object({
  type: Type.Literal('Feature'),
  geometry: Nullable(Type.Object({ type: Type.Literal('Point'), coordinates: Type.Array(Type.Number()) })),
  properties: Type.Object({
    parcel_id: Type.String(),
    source_file: Type.String(),
    source_row: Type.Integer(),
    code: Type.String(),
    warning: Type.Boolean({ description: 'true：仅提示，不使图形检查不合格' }),
    message: Type.String(),
    length_m: Measure,
    width_m: Measure,
    area_m2: Measure,
    angle_deg: Measure,
    with: Nullable(Type.String({ description: '相关的另一地块' })),
    with_parcel_set_id: Nullable(Type.String()),
  }),
});
export type ProblemFeature = Static<typeof ProblemFeature>;
export const ProblemCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(ProblemFeature),
  name: Type.String(),
});
