/** What Fastify and its multipart reader throw, said in the codes of CONTRACT §6. */
import type { FastifySchemaValidationError } from 'fastify';
import type { ProblemCode, Sentence } from '../errors.ts';
import type { HttpFault } from './problem.ts';
import { validationFault } from './validation-problem.ts';

const byCode: Record<string, [ProblemCode, Sentence, status?: number]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too-large',
    {
      zh: '请求内容过大。请减少内容，或用上传接口提交文件。',
      en: 'The request body is too large. Send less, or use the upload calls for files.',
    },
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'format-unsupported',
    {
      zh: '请求头 Content-Type 不受支持。普通请求用 application/json，上传文件用 multipart/form-data。',
      en: 'Unsupported Content-Type. Use application/json, or multipart/form-data for files.',
    },
  ],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [
    'format-unsupported',
    {
      zh: '上传文件请用 multipart/form-data 提交，文件字段名为 file。',
      en: 'Upload with multipart/form-data; the file goes into the field “file”.',
    },
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'validation',
    { zh: '请求正文为空，应为 JSON。', en: 'The body is empty; JSON is expected.' },
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'validation',
    { zh: '请求正文不是有效的 JSON，请检查语法。', en: 'The body is not valid JSON; check its syntax.' },
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'validation',
    {
      zh: '请求正文的长度与 Content-Length 不符，请重新发送。',
      en: 'The body does not have the length Content-Length says; send it again.',
    },
  ],
  FST_PARTS_LIMIT: [
    'too-large',
    { zh: '表单的部分过多，请只提交所需字段和一个文件。', en: 'Too many parts; send the fields needed and one file.' },
  ],
  FST_FIELDS_LIMIT: [
    'too-large',
    { zh: '表单字段过多，请只提交所需字段和一个文件。', en: 'Too many fields; send the fields needed and one file.' },
  ],
  FST_FILES_LIMIT: [
    'validation',
    { zh: '一次只能上传一个文件，请分多次上传。', en: 'One file at a time; upload them one after the other.' },
  ],
  FST_REQ_FILE_TOO_LARGE: ['too-large', { zh: '文件过大，请拆分后上传。', en: 'The file is too large; split it.' }],
  FST_PROTO_VIOLATION: [
    'validation',
    { zh: '表单字段名不被允许。', en: 'A field of the form has a name that is not allowed.' },
  ],
  FST_INVALID_JSON_FIELD_ERROR: [
    'validation',
    { zh: '表单中有字段不是有效的 JSON。', en: 'A field of the form is not valid JSON.' },
  ],
  FST_MP_PREMATURE_CLOSE: [
    'validation',
    { zh: '上传中断，未收完整。请重新上传。', en: 'The upload broke off before its end; upload again.' },
  ],
  FST_ERR_BAD_URL: [
    'validation',
    { zh: '网址的编码有误，请检查百分号编码。', en: 'The URL is not properly percent-encoded.' },
  ],
  FST_ERR_MAX_PARAM_LENGTH: ['validation', { zh: '网址中的编号过长。', en: 'An id in the URL is too long.' }, 414],
  FST_ERR_NOT_FOUND: ['not-found', { zh: '没有这个地址。', en: 'There is nothing at this address.' }],
};

const byStatus: Record<number, [ProblemCode, Sentence]> = {
  404: ['not-found', { zh: '没有这个地址。', en: 'There is nothing at this address.' }],
  408: [
    'validation',
    {
      zh: '请求在时限内没有收完，请检查网络后重试。',
      en: 'The request did not arrive in time; check the network and try again.',
    },
  ],
  413: ['too-large', { zh: '请求内容过大。', en: 'The request is too large.' }],
  415: ['format-unsupported', { zh: '请求内容的格式不受支持。', en: 'The format of the request is not supported.' }],
};

export function frameworkProblem(error: unknown): HttpFault | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode, validation, validationContext } = error as {
    code?: unknown;
    statusCode?: unknown;
    validation?: FastifySchemaValidationError[];
    validationContext?: string;
  };
  if (Array.isArray(validation)) return validationFault(validation, validationContext);
  const listed = typeof code === 'string' ? byCode[code] : undefined;
  if (listed !== undefined)
    return { code: listed[0], detail: listed[1], ...(listed[2] === undefined ? {} : { status: listed[2] }) };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  const [problemCode, detail] = byStatus[statusCode] ?? [
    'validation',
    { zh: '请求有误，请检查后重试。', en: 'The request is not right; check it and try again.' },
  ];
  return { code: problemCode, detail, status: statusCode === 400 ? 400 : statusCode };
}
