/** The 补充耕地 project register, and the parcels of a run against it. */
import { type Static, Type } from 'typebox';
import { areaUnits } from '../../domain/area-units.ts';
import { projectStatuses } from '../../domain/project.ts';
import { closed, JsonObject, Nullable, Page, paging, RegionCode, Time, Uuid, Warning } from './common.ts';

const Unit = Type.Enum([...areaUnits], { description: '面积单位：ha 公顷、mu 亩、m2 平方米' });

export const RegisterFields = Type.Object(
  {
    region_code: Type.Optional(RegionCode),
    encoding: Type.Optional(Type.String({ maxLength: 40, description: 'CSV 的文字编码；缺省按内容判定' })),
    sublayer: Type.Optional(Type.String({ maxLength: 200, description: '工作表名；只有一张登记表时不需要' })),
    unit: Type.Optional(Unit),
  },
  closed,
);
export const RegisterUploadQuery = Type.Object(
  { dry_run: Type.Optional(Type.Boolean({ description: 'true：只读不存，结果带前十行' })) },
  closed,
);
export const TemplateQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum(['xlsx', 'csv'], { description: '缺省 xlsx' })),
    unit: Type.Optional(Unit),
  },
  closed,
);

export const Register = Type.Object({
  register_id: Uuid,
  region_code: RegionCode,
  version_no: Type.Integer({ description: '本县第几版；最大者有效，其余为历史' }),
  current: Type.Boolean({ description: '是否为有效版本' }),
  file_name: Type.String(),
  sha256: Type.String(),
  project_count: Type.Integer(),
  certified_count: Type.Integer(),
  pending_count: Type.Integer(),
  decisions: JsonObject,
  warnings: Type.Array(Warning),
  created_at: Time,
});
export type Register = Static<typeof Register>;

export const RegisterPage = Page(Register);
export const RegisterAccepted = Type.Object({ job_id: Uuid, register_id: Uuid });
export const RegisterExisting = Type.Interface([Register], { job_id: Nullable(Uuid) });
export const RegisterQuery = Type.Object({ region_code: Type.Optional(RegionCode), ...paging }, closed);
export const RegisterPath = Type.Object({ register_id: Type.String() }, closed);

const text = Nullable(Type.String());
const number = Nullable(Type.Number());
const Status = Type.Enum([...projectStatuses], { description: 'certified 已核定、pending 待核定' });

export const Project = Type.Object({
  project_code: Type.String(),
  project_name: text,
  township: text,
  started_on: text,
  start_document: text,
  accepted_on: text,
  acceptance_document: text,
  certificate_no: text,
  certified_area_m2: number,
  certified_paddy_m2: number,
  certified_capacity_kg: number,
  status: Status,
  row_no: Type.Integer(),
});
export const ProjectPage = Page(Project);
export const ProjectQuery = Type.Object({ status: Type.Optional(Status) }, closed);

const Balance = Type.Object(
  { certified: number, parcels: number, difference: number, deduct: number, remaining: number },
  {
    description:
      'certified 核定数；parcels 本次核查地块之和（有净面积按净面积，否则毛面积，否则图形面积）；difference = certified − parcels；deduct 扣除；remaining = certified − deduct；无从得知为 null',
  },
);
const Standing = Type.Enum([...projectStatuses, 'unregistered']);
const sums = {
  parcel_count: Type.Integer(),
  computed_area_m2: Type.Number(),
  kept_unverified_area_m2: Type.Number(),
  area_m2: Balance,
  paddy_m2: Balance,
  capacity_kg: Balance,
};
const ProjectBalance = Type.Object({
  project_code: text,
  project_name: text,
  township: text,
  status: Standing,
  certificate_no: text,
  ...sums,
  parcels_without_class: Type.Integer(),
  parcels_without_capacity: Type.Integer(),
  capacity_basis: Nullable(
    Type.Enum(['parcels', 'project'], { description: 'parcels：各地块产能按扣除比例；project：核定产能按扣除比例' }),
  ),
});
const Totals = Type.Object({
  deduction: Nullable(Type.String({ description: 'certified：核减；pending：核定前扣除；两者不相加' })),
  project_count: Type.Integer(),
  projects_without_parcels: Type.Integer(),
  ...sums,
});

export const RunProjects = Type.Object({
  run_id: Uuid,
  region_code: RegionCode,
  register: Nullable(Type.Object({ register_id: Uuid, version_no: Type.Integer(), file_name: Type.String() })),
  totals: Type.Object({ certified: Totals, pending: Totals, unregistered: Totals }),
  projects: Type.Array(ProjectBalance),
});
export const RunProjectsQuery = Type.Object({ status: Type.Optional(Standing) }, closed);
