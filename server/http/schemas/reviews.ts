import { type Static, Type } from 'typebox';
import { checkIds, type Measure } from '../../domain/outcome.ts';
import { decisions, reviewStates } from '../../domain/review.ts';
import { closed, JsonObject, Nullable, Page, paging, RegionCode, Time, Uuid } from './common.ts';
import { ParcelFilterQuery } from './runs.ts';

const withoutNul = '^[^\\u0000]*$';
const measures = ['deduct', 'restore', 'remediate', 'none'] as const satisfies readonly Measure[];

/** A visible name: no control or direction-changing characters. */
const Name = (maxLength: number, minLength: number) =>
  Type.String({
    minLength,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$',
  });

export const PersonBody = Type.Object({ name: Name(60, 1), office: Type.Optional(Name(100, 0)) }, closed);
export const Person = Type.Object({
  person_id: Uuid,
  name: Type.String(),
  office: Nullable(Type.String()),
  created_at: Time,
});
export type Person = Static<typeof Person>;
export const PersonPage = Page(Person);
export const PersonQuery = Type.Object(paging, closed);

export const PersonHeaders = Type.Object({
  'x-person-id': Type.Optional(Type.String({ maxLength: 64, description: '谁在操作：POST /persons 得到的 person_id' })),
});

const AttachmentId = Type.String({ pattern: '^[0-9a-f]{64}$', description: '内容的 sha256' });

const decided = {
  decision: Type.Enum([...decisions], { description: '确认、否定、撤销已有的决定' }),
  measure: Type.Optional(
    Type.Enum([...measures], { description: '确认时选定的处置措施；缺省为该检查（或问题图斑）自身的措施' }),
  ),
};
const Reason = Type.String({ maxLength: 2000, description: '理由；撤销时可空' });

export const ReviewBody = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          parcel_id: Type.String({ minLength: 1, maxLength: 500 }),
          project_code: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
          check: Type.Enum([...checkIds]),
          geometry_hash: Type.String({ minLength: 1, maxLength: 200, description: '所见地块图形的 geometry_hash' }),
          ...decided,
          reason: Type.Optional(Reason),
          expects: Type.Optional(
            Nullable(
              Type.String({ maxLength: 64, description: '所见的现有决定的 review_id，要改它才须给出；不一致则 409' }),
            ),
          ),
          attachments: Type.Optional(Type.Array(AttachmentId, { maxItems: 1000 })),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    run_id: Type.Optional(Type.String({ maxLength: 64, description: '所见的核查；缺省为最近一次核查过该图形的' })),
    region_code: Type.Optional(RegionCode),
  },
  closed,
);
export type ReviewBody = Static<typeof ReviewBody>;

export const AttachmentOut = Type.Object({
  attachment_id: AttachmentId,
  file_name: Type.String(),
  media_type: Type.String(),
  bytes: Type.Integer(),
  width: Nullable(Type.Integer()),
  height: Nullable(Type.Integer()),
  lon: Nullable(Type.Number({ description: '拍摄位置，度' })),
  lat: Nullable(Type.Number()),
  taken_at: Nullable(Type.String({ description: '相机所记的时间；相机未记时区时为当地时间' })),
  camera: Nullable(Type.String()),
  distance_m: Nullable(Type.Number({ description: '拍摄位置到地块的距离，m；在地块内为 0' })),
  warnings: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
});

export const AttachmentFields = Type.Object(
  {
    region_code: Type.Optional(RegionCode),
    run_id: Type.Optional(Type.String({ maxLength: 64, description: '与 parcel_id 合用：当即比较拍摄位置与地块' })),
    parcel_id: Type.Optional(Type.String({ maxLength: 500, pattern: withoutNul })),
  },
  closed,
);
export const AttachmentPath = Type.Object({ attachment_id: Type.String() }, closed);

export const Review = Type.Object({
  review_id: Uuid,
  region_code: RegionCode,
  event_no: Type.Integer(),
  parcel_id: Type.String(),
  project_code: Nullable(Type.String()),
  check: Type.Enum([...checkIds]),
  geometry_hash: Type.String(),
  decision: Type.Enum([...decisions]),
  measure: Nullable(Type.Enum([...measures])),
  measure_chosen: Type.Boolean(),
  reason: Type.String(),
  person: Type.Object({ person_id: Uuid, name: Type.String() }),
  decided_at: Time,
  supersedes: Nullable(Uuid),
  superseded_by: Nullable(Uuid),
  batch_id: Nullable(Uuid),
  based_on: Type.Object({
    run_id: Uuid,
    result_id: Uuid,
    outcome: Type.String(),
    figure_m2: Nullable(Type.Number()),
    layers: Type.Array(Type.Object({ layer_id: Uuid, place: Type.String(), content_sha256: Type.String() })),
  }),
  attachments: Type.Array(AttachmentOut),
  stale: Type.Optional(Type.Boolean({ description: '只在按 run_id 查询时给出' })),
  stale_because: Type.Optional(Type.Array(Type.Enum(['geometry', 'layer', 'figure']))),
});
export type Review = Static<typeof Review>;

export const ReviewsMade = Type.Object({ items: Type.Array(Review) });
export const ReviewPage = Page(Review);
export const ReviewPath = Type.Object({ review_id: Type.String() }, closed);
export const ReviewQuery = Type.Object(
  {
    region_code: Type.Optional(RegionCode),
    parcel_id: Type.Optional(Type.String({ maxLength: 500, pattern: withoutNul })),
    project_code: Type.Optional(Type.String({ maxLength: 200, pattern: withoutNul })),
    check: Type.Optional(Type.Enum([...checkIds])),
    state: Type.Optional(
      Type.Enum([...reviewStates.filter((state) => state !== 'suspected'), 'withdrawn'], {
        description: '现行的决定为此的；stale 须与 run_id 合用',
      }),
    ),
    person: Type.Optional(Type.String({ maxLength: 64, description: 'person_id' })),
    batch_id: Type.Optional(Type.String({ maxLength: 64 })),
    run_id: Type.Optional(
      Type.String({ maxLength: 64, description: '该次核查的疑似问题所带的决定，并说明是否依据已变' }),
    ),
    current: Type.Optional(Type.Boolean({ description: 'true：不含已被取代的' })),
    ...paging,
  },
  closed,
);

export const EventQuery = Type.Object(
  {
    region_code: Type.Optional(RegionCode),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: '已收到的最后一个 event_no' })),
    limit: paging.limit,
  },
  closed,
);
export const Events = Type.Object({
  items: Type.Array(
    Type.Object({
      event_no: Type.Integer(),
      kind: Type.Literal('review'),
      region_code: RegionCode,
      at: Time,
      review: Review,
    }),
  ),
  next_cursor: Nullable(Type.String({ description: '下一次的 after' })),
  number_matched: Type.Integer(),
});

export const BatchQuery = Type.Object(
  { ...ParcelFilterQuery.properties, dry_run: Type.Optional(Type.Boolean({ description: 'true：只预览' })) },
  closed,
);
export const BatchBody = Type.Object(
  {
    ...decided,
    reason: Type.Optional(Reason),
    decided: Type.Optional(
      Type.Enum(['skip', 'replace'], { description: '已有决定的：skip 不动（缺省），replace 重新决定' }),
    ),
    of_batch: Type.Optional(Type.String({ maxLength: 64, description: '撤销时：只撤这一批（batch_id）仍有效的' })),
    token: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: '预览答复中的 token' })),
  },
  closed,
);
export type BatchBody = Static<typeof BatchBody>;
const Preview = Type.Object({
  token: Type.String(),
  parcel_count: Type.Integer(),
  flag_count: Type.Integer(),
  by_check: JsonObject,
  by_project: Type.Array(
    Type.Object({
      project_code: Nullable(Type.String()),
      project_name: Nullable(Type.String()),
      flag_count: Type.Integer(),
    }),
  ),
  decided: Type.Object({ total: Type.Integer(), superseded: Type.Integer(), left: Type.Integer() }),
});
export const BatchPreview = Preview;
export const BatchMade = Type.Interface([Preview], { batch_id: Uuid });
