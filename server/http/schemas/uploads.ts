import { Type } from 'typebox';

const Whole = (description: string) => Type.String({ pattern: '^[0-9]+$', description });
const Version = Type.Optional(Type.String({ description: '必须为 1.0.0' }));
const Length = Whole('文件总字节数');
const Offset = Whole('已收到的字节数');
const Ends = Type.String({ description: '过期时间（RFC 7231），之后清除' });

export const UploadPath = Type.Object({ upload_id: Type.String() }, { additionalProperties: false });

/** Described for readers of the API; the tus server checks them. */
export const CreateHeaders = Type.Object({
  'tus-resumable': Version,
  'upload-length': Type.Optional(Type.String({ description: '必填：文件总字节数；超过限额的当即拒绝（413）' })),
  'upload-metadata': Type.Optional(
    Type.String({
      description: '键与 Base64 值，逗号分隔：filename 文件名，purpose 用途（parcels、layers、registers，决定限额）',
      examples: ['filename 5Zyw5Z2XLnppcA==,purpose cGFyY2Vscw=='],
    }),
  ),
});
export const VersionHeaders = Type.Object({ 'tus-resumable': Version });
export const PatchHeaders = Type.Object({
  'tus-resumable': Version,
  'upload-offset': Type.Optional(Type.String({ description: '必填：本次内容从第几个字节开始，须等于已收到的字节数' })),
});

export const created = {
  description: '已建立',
  type: 'null',
  headers: {
    Location: Type.String({ description: '此上传的地址，末段为 upload_id（32 位十六进制随机数）' }),
    'Upload-Expires': Ends,
  },
} as const;
export const state = {
  description: '进度',
  type: 'null',
  headers: { 'Upload-Offset': Offset, 'Upload-Length': Length, 'Upload-Metadata': Type.String() },
} as const;
export const advanced = {
  description: '已收下',
  type: 'null',
  headers: { 'Upload-Offset': Offset, 'Upload-Expires': Ends },
} as const;
export const abilities = {
  description: '协议版本、扩展与上限',
  type: 'null',
  headers: { 'Tus-Version': Type.String(), 'Tus-Extension': Type.String(), 'Tus-Max-Size': Length },
} as const;
