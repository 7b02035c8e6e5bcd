/** A job's progress as it is told (SSE), until it has ended or the line has; whoever follows asks for the job itself then. */
const pollEveryMs = 400;

export type FollowJob = (jobId: string, signal: AbortSignal, progress: (share: number) => void) => Promise<void>;

/** @param url of the job's events. Where the browser or a proxy has no use for them, the next look comes after a moment. */
export function followEvents(url: string, signal: AbortSignal, progress: (share: number) => void): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const events = typeof EventSource === 'undefined' ? null : new EventSource(url);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (how: () => void) => {
      clearTimeout(timer);
      events?.close();
      signal.removeEventListener('abort', left);
      how();
    };
    const left = () => end(() => reject(signal.reason));
    const lookAgain = () => {
      events?.close();
      timer = setTimeout(() => end(resolve), pollEveryMs);
    };
    signal.addEventListener('abort', left);
    if (events === null) return lookAgain();
    events.addEventListener('progress', (event) =>
      progress((JSON.parse((event as unknown as { data: string }).data) as { progress: number }).progress),
    );
    events.addEventListener('end', () => end(resolve));
    events.addEventListener('error', lookAgain);
  });
}
