/**
 * A file to the server by the tus protocol: it goes on after a broken line by itself, and after a reload of the page when the same
 * file is chosen again. The client library is fetched when the first file is sent.
 */
import type { DetailedError, Upload } from 'tus-js-client';
import { fileMark } from './file-mark.ts';
import { ApiProblem } from './problem.ts';

export interface SendState {
  /** bytes */
  sent: number;
  total: number;
  /** waiting: the line is broken, the next try comes by itself; paused: the person goes on, or not */
  phase: 'going' | 'waiting' | 'paused';
}

export interface Sending {
  /** the upload's id; rejects with an ApiProblem, or the signal's reason */
  done: Promise<string>;
  pause(): void;
  goOn(): void;
}

export interface SendOptions {
  /** absolute address of the collection */
  endpoint: string;
  language: () => string;
  signal: AbortSignal;
  changed(state: SendState): void;
}

export type SendFile = (file: File, options: Pick<SendOptions, 'signal' | 'changed'>) => Sending;

/** A proxy that gathers a request before it passes it on loses at most this much with the line; a hundredth of the largest file. */
const chunkBytes = 8 * 1024 * 1024;
/** ms; together five minutes, then the person says when to go on */
const retryDelays = [0, 500, 1000, 2000, 3000, ...Array.from({ length: 59 }, () => 5000)];

export function sendFile(file: File, { endpoint, language, signal, changed }: SendOptions): Sending {
  let state: SendState = { sent: 0, total: file.size, phase: 'going' };
  const say = (now: Partial<SendState>) => {
    state = { ...state, ...now };
    changed(state);
  };
  let upload: Upload | undefined;
  let settle: { resolve(id: string): void; reject(reason: unknown): void };
  const done = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  /** The server is told too: what it has of the file is not wanted any more. */
  const fail = (reason: unknown) => {
    upload?.abort(true).catch(() => undefined);
    settle.reject(reason);
  };
  const giveUp = () => fail(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });

  async function begin(): Promise<void> {
    const mark = await unlessGone(fileMark(file));
    const { Upload: Client } = await import('tus-js-client');
    upload = new Client(file, {
      endpoint,
      chunkSize: chunkBytes,
      retryDelays,
      metadata: { filename: file.name, purpose: 'parcels' },
      removeFingerprintOnSuccess: true,
      fingerprint: async () => mark,
      headers: { 'Accept-Language': language() },
      onProgress: (sent) => say({ sent, phase: 'going' }),
      onShouldRetry(error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        const worth = status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
        if (worth) say({ phase: 'waiting' });
        // the browser tells a file that was changed apart from a broken line by nothing but reading it
        if (status === 0) unlessGone(file.slice(0, 1).arrayBuffer()).catch(fail);
        return worth;
      },
      onError(error) {
        const told = (error as DetailedError).originalResponse;
        if (told) settle.reject(problemOf(told.getStatus(), told.getBody(), told.getHeader('x-request-id')));
        else say({ phase: 'paused' });
      },
      onSuccess: () => settle.resolve(new URL(upload?.url ?? endpoint).pathname.split('/').at(-1) ?? ''),
    });
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    if (!signal.aborted && state.phase !== 'paused') upload.start();
  }

  say({});
  if (signal.aborted) giveUp();
  else begin().catch(fail);
  return {
    done: done.finally(() => signal.removeEventListener('abort', giveUp)),
    pause() {
      say({ phase: 'paused' });
      void upload?.abort();
    },
    goOn() {
      say({ phase: 'going' });
      upload?.start();
    },
  };
}

/** The browser refuses to read a file that was changed after it was chosen. */
async function unlessGone<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new ApiProblem({ code: 'file-changed' }, { cause });
  }
}

function problemOf(status: number, text: string, requestId: string | undefined): ApiProblem {
  try {
    return new ApiProblem({ ...(JSON.parse(text) as { code: string }), status });
  } catch {
    return new ApiProblem({ code: 'not-understood', status, request_id: requestId ?? null });
  }
}
