/** A request that did not give what was asked, in the words of the server where it gave any. */
import type { Standing } from './review-types.ts';
import type { ProblemBody, Where } from './types.ts';

/**
 * `code` is one of CONTRACT §6, or of the page's own: `unreachable` (no answer), `not-understood` (an answer that is not
 * JSON of the expected shape: a proxy's page, say), `incomplete` (fewer rows than the list announced), `file-changed`
 * (the chosen file can no longer be read as it was), `stopped` (the job was cancelled) and `reason-missing` (of a decision).
 */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly where: Where;

  constructor(body: Partial<ProblemBody> & { code: string }, options?: ErrorOptions) {
    super(body.detail ?? body.title ?? body.code, options);
    this.name = 'ApiProblem';
    this.code = body.code;
    this.status = body.status ?? 0;
    this.title = body.title ?? '';
    this.detail = body.detail ?? '';
    this.requestId = body.request_id ?? null;
    this.where = body.where ?? {};
  }

  /** Of a conflict of decisions: the one that stands. */
  get standing(): Standing | null {
    return this.where.problems?.find((problem) => problem.current !== undefined)?.current ?? null;
  }
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem({ code: 'not-understood', detail: thrown instanceof Error ? thrown.message : String(thrown) });
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
