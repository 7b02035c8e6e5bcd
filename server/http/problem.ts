/**
 * Every error of a request as the one shape of CONTRACT §6 (RFC 9457, application/problem+json). Nothing of an error
 * that is not listed leaves the process: it is logged whole and answered `internal`.
 */
import { AppError, type ProblemCode, problemStatus, type Sentence } from '../errors.ts';
import { type Fault, faultOf } from '../jobs/fault.ts';
import { problemTitles } from '../problem-titles.ts';
import { frameworkProblem } from './framework-problem.ts';
import type { Language } from './language.ts';
import { localized } from './localized.ts';
import type { Problem } from './schemas/common.ts';

type ProblemWhere = NonNullable<Problem['where']>;

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  request_id: string | null;
  where?: ProblemWhere;
}

/** `status` where HTTP says more than the code does (405, 408, 410, 412, 414, 431). */
export interface HttpFault extends Fault {
  status?: number;
}

/** For what has a status beyond its code's own. */
export class HttpError extends Error {
  readonly fault: HttpFault;
  constructor(fault: HttpFault) {
    super(fault.detail.en);
    this.fault = fault;
  }
}

export function problemBody(fault: HttpFault, language: Language, requestId: string | null): ProblemBody {
  return {
    type: `urn:zhanbu:problem:${fault.code}`,
    title: problemTitles[fault.code][language],
    status: fault.status ?? problemStatus[fault.code],
    code: fault.code,
    detail: fault.detail[language],
    request_id: requestId,
    ...(fault.where === undefined ? {} : { where: localized(fault.where, language) as ProblemWhere }),
  };
}

/** What went wrong, as far as it may be told. */
export function httpFaultOf(error: unknown): HttpFault {
  if (error instanceof HttpError) return error.fault;
  if (error instanceof AppError) return faultOf(error);
  return frameworkProblem(error) ?? faultOf(error);
}

/** 404 for what is not there, and for what is not the asker's (THREATS T28): the two look alike. */
export function notFound(what: Sentence, id: string): AppError {
  return new AppError('not-found', {
    zh: `没有编号为 ${shown(id)} 的${what.zh}。请核对编号，或用列表接口查询。`,
    en: `There is no ${what.en} ${shown(id)}. Check the id, or list what there is.`,
  });
}

export function invalidField(field: string, detail: Sentence): AppError {
  return new AppError('validation', detail, { field });
}

/** Foreign text inside a sentence of ours: no control or direction-changing characters, not endless. */
export function shown(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}
