/** What a kind of background work is. The kinds themselves are wired in app.ts: they call what ranks above this folder. */
import type { Fault } from './fault.ts';

export interface JobHooks {
  jobId: string;
  /** aborted when the job was cancelled, when its lease was lost and when this process closes */
  signal: AbortSignal;
  /** share done, 0–1; may be called as often as is convenient */
  progress(share: number): void;
  /** Work that nobody need wait for, such as taking out what a cancelled job had stored: done when the job's end has been told. */
  afterwards(step: () => Promise<void>): void;
}

export interface JobKind {
  /** 'intake' jobs never wait behind runs */
  queue: QueueName;
  /** Idempotent and resumable: after a crash it is called again with the same input. What it returns is the job's `result`. */
  work(input: Record<string, unknown>, hooks: JobHooks): Promise<unknown>;
  /** The job ended without success, perhaps without work() ever having been called. Idempotent. */
  ended?(input: Record<string, unknown>, state: 'failed' | 'cancelled', problem: Fault | null): Promise<void>;
  /** Called after every ending, success too: room for what the job alone needed. Idempotent. */
  tidy?(input: Record<string, unknown>): Promise<void>;
}

export type QueueName = 'intake' | 'run';
export const queueNames: readonly QueueName[] = ['intake', 'run'];

export interface JobLog {
  error(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  info(detail: object, message: string): void;
}
