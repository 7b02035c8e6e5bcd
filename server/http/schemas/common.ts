/** Words shared by all resources. Schemas here are validation, types and OpenAPI at once. */
import { type Static, type TSchema, Type } from 'typebox';
import { problemStatus } from '../../errors.ts';

/** Nothing unknown gets in (THREATS T28): every object of a request refuses fields it does not list. */
export const closed = { additionalProperties: false } as const;

export const Uuid = Type.String({ format: 'uuid' });
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });
export const RegionCode = Type.String({ pattern: '^[0-9]{6}$', description: '六位县级行政区代码' });
export const Json = Type.Unknown();
export const JsonObject = Type.Record(Type.String(), Type.Unknown());

export function Nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** Paths take any text as an id: one that is not there, and one that cannot be, are both 404. */
export const LayerPath = Type.Object({ layer_id: Type.String() }, closed);
export const ParcelSetPath = Type.Object({ parcel_set_id: Type.String() }, closed);
export const JobPath = Type.Object({ job_id: Type.String() }, closed);
export const RunPath = Type.Object({ run_id: Type.String() }, closed);

export const maxLimit = 10_000;
export const defaultLimit = 100;

export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLimit, description: `每页条数，默认 ${defaultLimit}` })),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '上一页答复中的 next_cursor，原样传回' })),
};

/** west,south,east,north in degrees, CGCS2000. */
export const Bbox = Type.String({
  maxLength: 200,
  description: 'minLon,minLat,maxLon,maxLat（度）',
  examples: ['108.5,28.6,108.9,29.1'],
});
export const Extent = Type.Array(Type.Number(), {
  minItems: 4,
  maxItems: 4,
  description: 'lon/lat: west, south, east, north',
});

export function Page<S extends TSchema>(item: S) {
  return Type.Object({
    items: Type.Array(item),
    next_cursor: Nullable(Type.String()),
    number_matched: Type.Integer(),
  });
}

export const Where = Type.Object({
  file: Type.Optional(Type.String()),
  row: Type.Optional(Type.Integer()),
  rows: Type.Optional(Type.Array(Type.Integer())),
  field: Type.Optional(Type.String()),
  lon: Type.Optional(Type.Number()),
  lat: Type.Optional(Type.Number()),
  x: Type.Optional(Type.Number()),
  y: Type.Optional(Type.Number()),
  candidates: Type.Optional(Type.Array(Type.String())),
  faults: Type.Optional(
    Type.Array(
      Type.Object({ row: Type.Integer(), column: Type.String(), field: Type.String(), message: Type.String() }),
      { description: '表格类文件：逐处问题，row 为表格软件显示的行号，column 为列标；最多 200 处' },
    ),
  ),
  problems: Type.Optional(
    Type.Array(
      Type.Object({
        field: Type.String(),
        code: Type.String(),
        detail: Type.String(),
        current: Type.Optional(JsonObject),
      }),
      { description: '多项请求：逐项问题及其位置，最多 200 处；冲突时 current 为现有的决定' },
    ),
  ),
});

/** RFC 9457. `title` and `detail` are in the language asked for, zh-CN unless English is preferred. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.Enum(Object.keys(problemStatus)),
  detail: Type.String(),
  request_id: Nullable(Type.String()),
  where: Type.Optional(Where),
});

export const Warning = Type.Object({ code: Type.String(), message: Type.Unknown(), where: Type.Optional(Where) });

/** What every call may answer besides its own. */
export const problemResponse = {
  default: {
    description: 'RFC 9457 problem',
    content: { 'application/problem+json': { schema: Problem } },
  },
};

export type Problem = Static<typeof Problem>;
