/** What the parser's process and its parent say to each other over IPC. */
import type { IntakeLimits } from '../domain/limits.ts';
import type { ProblemCode, Sentence, Where } from '../errors.ts';
import type { SourceField, SourceOptions, SourceReport } from './source-types.ts';

export interface ParserOrder {
  path: string;
  fileName: string;
  options: SourceOptions;
  limits: IntakeLimits;
  tempDir: string;
  spool: string;
}

export type ParserMessage =
  | { kind: 'ready' }
  | { kind: 'began'; format: SourceReport['format'] }
  /** the file is surveyed: its rows go into the spool from now on */
  | { kind: 'writing'; fields: SourceField[] }
  /** `rss` is watched where the parent cannot look for itself */
  | { kind: 'progress'; share: number; rss: number }
  | { kind: 'report'; report: SourceReport }
  | { kind: 'problem'; code: ProblemCode; detail: Sentence; where: Where | undefined }
  /** the machine's trouble (disk full, unreadable file): not the file's fault */
  | { kind: 'system'; code: string; message: string }
  /** a fault in the parser itself */
  | { kind: 'crash'; stack: string };
