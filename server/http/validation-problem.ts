/** What a request's shape lacks, with the field named, in both languages. */
import type { FastifySchemaValidationError } from 'fastify';
import type { Sentence } from '../errors.ts';
import type { Fault } from '../jobs/fault.ts';
import { shown } from './problem.ts';

/** The first fault that says most: an unknown or missing field before a wrong value. `context` is body, querystring, params. */
export function validationFault(errors: FastifySchemaValidationError[], context: string | undefined): Fault {
  const error =
    errors.find((e) => e.keyword === 'additionalProperties') ??
    errors.find((e) => e.keyword === 'required') ??
    errors[0];
  if (error === undefined)
    return { code: 'validation', detail: { zh: '请求内容不符合要求。', en: 'The request is not valid.' } };
  const field = fieldOf(error);
  return {
    code: 'validation',
    detail: sentenceOf(error, shown(field), context),
    ...(field === '' ? {} : { where: { field } }),
  };
}

function fieldOf(error: FastifySchemaValidationError): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const named = listOf(error.params['additionalProperties'])[0] ?? listOf(error.params['requiredProperties'])[0];
  if (named !== undefined) path.push(named);
  // items[3].reason
  return path.reduce(
    (field, part) => (/^\d+$/.test(part) ? `${field}[${part}]` : field === '' ? part : `${field}.${part}`),
    '',
  );
}

function sentenceOf(error: FastifySchemaValidationError, field: string, context: string | undefined): Sentence {
  const subject = field === '' ? { zh: '请求正文', en: 'The body' } : { zh: `字段 ${field}`, en: `Field ${field}` };
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return context === 'querystring'
        ? {
            zh: `不认识查询参数 ${field}，请去掉或改正拼写。`,
            en: `Unknown query parameter ${field}; remove it or correct its spelling.`,
          }
        : {
            zh: `不认识字段 ${field}，请去掉或改正拼写。`,
            en: `Unknown field ${field}; remove it or correct its spelling.`,
          };
    case 'required':
      return { zh: `缺少字段 ${field}，请补上。`, en: `Field ${field} is missing; add it.` };
    case 'enum': {
      const allowed = listOf(params['allowedValues']).join(', ');
      return { zh: `${subject.zh} 的取值只能是：${allowed}。`, en: `${subject.en} must be one of: ${allowed}.` };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return {
        zh: `${subject.zh} 应${wordOf(params['comparison'])} ${String(params['limit'])}。`,
        en: `${subject.en} must be ${String(params['comparison'])} ${String(params['limit'])}.`,
      };
    case 'type':
      return {
        zh: `${subject.zh} 的类型应为 ${listOf(params['type']).join(' / ')}，且只能出现一次。`,
        en: `${subject.en} must be of type ${listOf(params['type']).join(' or ')} and stand there once.`,
      };
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return { zh: `${subject.zh} 不能为空或过短。`, en: `${subject.en} must not be empty or too short.` };
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return {
        zh: `${subject.zh} 过长，最多 ${String(params['limit'])}。`,
        en: `${subject.en} is too long; at most ${String(params['limit'])}.`,
      };
    default:
      return {
        zh: `${subject.zh} 的格式不对，请对照接口说明改正。`,
        en: `${subject.en} is not in the right form; see the API description.`,
      };
  }
}

function wordOf(comparison: unknown): string {
  return { '<=': '不大于', '>=': '不小于', '<': '小于', '>': '大于' }[String(comparison)] ?? '满足';
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}
