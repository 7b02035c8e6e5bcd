/** Two runs beside each other, and one beside itself computed anew. */
import { Type } from 'typebox';
import { checkIds, outcomes, verdicts } from '../../domain/outcome.ts';
import { changeKinds } from '../../verification/change-kinds.ts';
import { causeWords } from '../../verification/diff-causes.ts';
import { closed, JsonObject, Nullable, Page, paging, Uuid } from './common.ts';

export const ReplayAccepted = Type.Object({ job_id: Uuid });

export const DiffQuery = Type.Object(
  {
    against: Type.String({
      minLength: 1,
      maxLength: 64,
      description: '与之比较的核查：本次是“后”，against 是“前”',
    }),
    kind: Type.Optional(
      Type.Enum([...changeKinds], {
        description:
          '只列一类：flagged 转为疑似不合规、unproven 转为待核、cleared 转为未见问题、figures 结论未变而检查或面积变了、added 新增、removed 不再有；汇总始终为全部',
      }),
    ),
    ...paging,
  },
  closed,
);

const area = Type.Number({ description: 'm²' });

const Side = Type.Object({
  ordinal: Type.Integer({ description: '在该次核查中的序号，即要素的 id' }),
  parcel_set_id: Uuid,
  parcel_id: Type.String(),
  verdict: Type.Enum([...verdicts]),
  area_m2: area,
  deduct_area_m2: area,
  restore_area_m2: area,
  remediate_area_m2: area,
  kept_area_m2: area,
  kept_unverified_area_m2: area,
});

const Figures = Type.Object({
  outcome: Type.Enum([...outcomes]),
  reason: Nullable(Type.String()),
  measure: Type.String(),
  area_m2: Nullable(area),
  unknown_area_m2: Nullable(area),
});

const CauseWord = Type.Enum([...causeWords]);

const Cause = Type.Object(
  {
    cause: CauseWord,
    type: Type.Optional(Type.String({ description: 'layer-version：图层类型；before、after 为图层编号' })),
    year: Type.Optional(Nullable(Type.Integer())),
    check: Type.Optional(Type.Enum([...checkIds], { description: 'parameter、check-version' })),
    key: Type.Optional(Type.String({ description: 'parameter：参数名；before、after 为其值' })),
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
    attributes: Type.Optional(Type.Array(Type.String(), { description: 'parcel-attributes' })),
    engines: Type.Optional(JsonObject),
  },
  { description: 'unexplained：清单所列的一切都没有变，请对两次核查分别复算' },
);

const DiffItem = Type.Object({
  change: Type.Enum(['changed', 'added', 'removed']),
  parcel_id: Type.String(),
  project_code: Nullable(Type.String()),
  before: Nullable(Side),
  after: Nullable(Side),
  findings: Type.Array(
    Type.Object({
      check: Type.Enum([...checkIds]),
      before: Nullable(Figures),
      after: Nullable(Figures),
      causes: Type.Array(CauseWord),
    }),
  ),
  causes: Type.Array(Cause),
});

const counts = { parcels: Type.Integer(), area_m2: area };

const Summary = Type.Object({
  parcel_count: Type.Object({ before: Type.Integer(), after: Type.Integer() }),
  changed: Type.Integer(),
  added: Type.Integer(),
  removed: Type.Integer(),
  unchanged: Type.Integer(),
  by_kind: Type.Record(Type.String(), Type.Integer()),
  by_verdict: Type.Array(Type.Object({ before: Type.Enum([...verdicts]), after: Type.Enum([...verdicts]), ...counts })),
  by_cause: Type.Record(
    Type.String(),
    Type.Object({
      ...counts,
      deduct_area_m2: area,
      restore_area_m2: area,
      remediate_area_m2: area,
      kept_area_m2: area,
    }),
    { description: '各账面积为 后 − 前；一个地块有几个原因就在几处计入' },
  ),
});

export const Diff = Type.Interface([Page(DiffItem)], { summary: Summary });
