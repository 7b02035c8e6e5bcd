/** The columns of a project register: what heads them in the template, and the other headings they are known by (DOMAIN §7). */
import type { Sentence } from '../../errors.ts';

export type RegisterColumn =
  | 'project_code'
  | 'project_name'
  | 'township'
  | 'started_on'
  | 'start_document'
  | 'accepted_on'
  | 'acceptance_document'
  | 'certificate_no'
  | 'certified_area'
  | 'certified_paddy'
  | 'certified_capacity'
  | 'status';

export interface ColumnWords {
  /** heading of the template; a unit comes behind it in brackets */
  head: string;
  /** what else it may be called, the best first; case, blanks and a bracketed unit do not count */
  aliases: readonly string[];
  /** file cannot be read without it */
  required: boolean;
  kind: 'text' | 'date' | 'area' | 'capacity' | 'status';
  note: Sentence;
  example: string;
  /** of the column in the template, in Latin letters */
  width: number;
}

const both = (zh: string, en: string): Sentence => ({ zh, en });

export const registerColumns: Record<RegisterColumn, ColumnWords> = {
  project_code: {
    head: '备案编号',
    aliases: ['项目备案编号', '补充耕地项目编号', '项目编号', '备案项目编号', 'XMBH', 'PROJECT_CODE'],
    required: true,
    kind: 'text',
    note: both(
      '必填，与地块的项目编号一致；一般为 14 位（行政区 6 + 年 4 + 顺序 4）。按文本填写。不得重复。',
      'Required; the project code of the parcels, as a rule 14 digits; as text; once only.',
    ),
    example: '50024220210001',
    width: 20,
  },
  project_name: {
    head: '项目名称',
    aliases: ['名称', 'XMMC', 'PROJECT_NAME'],
    required: false,
    kind: 'text',
    note: both('项目名称。', 'Name of the project.'),
    example: '某镇某村土地开发项目',
    width: 36,
  },
  township: {
    head: '乡镇',
    aliases: ['乡镇名称', '所在乡镇', '乡镇街道', 'XZMC', 'XZQMC', 'TOWNSHIP'],
    required: false,
    kind: 'text',
    note: both('所在乡镇（街道）。', 'Township.'),
    example: '钟多街道',
    width: 16,
  },
  started_on: {
    head: '立项日期',
    aliases: ['立项时间', '立项年度', '立项年份', '立项年', 'LXRQ', 'LXSJ', 'LXNF', 'STARTED_ON'],
    required: false,
    kind: 'date',
    note: both(
      '立项批复日期，如 2021-03-15；只知年份时填 2021。比对年份取立项年的前一年；不填则按备案编号第 7–10 位。',
      'Date of the approval, or its year; the base year is the year before. Empty: digits 7–10 of the code count.',
    ),
    example: '2021-03-15',
    width: 14,
  },
  start_document: {
    head: '立项文号',
    aliases: ['立项批复文号', '立项文件', 'LXWH', 'START_DOCUMENT'],
    required: false,
    kind: 'text',
    note: both('立项批复文件的文号。', 'Number of the approval.'),
    example: '酉规资〔2021〕12号',
    width: 26,
  },
  accepted_on: {
    head: '验收日期',
    aliases: ['验收时间', '竣工验收日期', 'YSRQ', 'YSSJ', 'ACCEPTED_ON'],
    required: false,
    kind: 'date',
    note: both(
      '验收日期，不得早于立项日期；地块没有验收日期时用它。',
      'Date of acceptance, not before the start; used where a parcel states none.',
    ),
    example: '2022-06-30',
    width: 14,
  },
  acceptance_document: {
    head: '验收文号',
    aliases: ['验收批复文号', '验收文件', 'YSWH', 'ACCEPTANCE_DOCUMENT'],
    required: false,
    kind: 'text',
    note: both('验收文件的文号。', 'Number of the acceptance.'),
    example: '酉规资验〔2022〕8号',
    width: 26,
  },
  certificate_no: {
    head: '合格证编号',
    aliases: ['合格证号', '合格证', '合格证书编号', 'HGZBH', 'HGZH', 'CERTIFICATE_NO'],
    required: false,
    kind: 'text',
    note: both('状态为“已核定”时必填。', 'Required where the status is certified.'),
    example: '渝耕合字第0001号',
    width: 24,
  },
  certified_area: {
    head: '数量',
    aliases: [
      '核定数量',
      '认定数量',
      '耕地数量',
      '核定面积',
      '认定面积',
      '新增耕地面积',
      '补充耕地面积',
      'CERTIFIED_AREA',
    ],
    required: true,
    kind: 'area',
    note: both(
      '核定的补充耕地数量；状态为“已核定”时必填且大于 0，“待核定”时填拟核定数。单位以表头括号为准。',
      'Certified area; required and above 0 where certified; of a pending project what is asked for. Unit as in the heading.',
    ),
    example: '12.9434',
    width: 16,
  },
  certified_paddy: {
    head: '其中水田',
    aliases: ['水田', '水田面积', '水田规模', '核定水田', 'CERTIFIED_PADDY'],
    required: false,
    kind: 'area',
    note: both('数量中的水田，不大于数量；单位与数量相同。', 'Paddy within it, in the same unit.'),
    example: '3.5000',
    width: 16,
  },
  certified_capacity: {
    head: '产能',
    aliases: ['粮食产能', '新增产能', '核定产能', '产能指标', '新增产能指标', 'CERTIFIED_CAPACITY'],
    required: false,
    kind: 'capacity',
    note: both('核定的粮食产能，公斤。', 'Certified grain capacity, kg.'),
    example: '97075',
    width: 16,
  },
  status: {
    head: '状态',
    aliases: ['核定状态', '认定状态', '归库状态', '项目状态', 'STATUS'],
    required: true,
    kind: 'status',
    note: both('必填：“已核定”或“待核定”。', 'Required: 已核定 (certified) or 待核定 (pending).'),
    example: '已核定',
    width: 10,
  },
};

export const registerColumnIds = Object.keys(registerColumns) as RegisterColumn[];

/** Words of the two states, as met in ledgers: with a certificate and in the 储备库, or not yet (DOMAIN §1.3). */
export const statusWords: Readonly<Record<'certified' | 'pending', readonly string[]>> = {
  certified: ['已核定', '已认定', '已归库', '已入库', '已发证', '核定', 'certified'],
  pending: [
    '待核定',
    '待认定',
    '待归库',
    '待入库',
    '未核定',
    '未认定',
    '未归库',
    '未入库',
    '未发证',
    '拟核定',
    'pending',
  ],
};
