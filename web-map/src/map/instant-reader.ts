/** Reads the shapes of a file in a worker that is ended when it takes too long; apart from what needs no browser. */
import type { InstantGeometry, InstantReader } from './instant-shapes.ts';
import { frameOf } from './shapes.ts';

/** bytes: over this the browser would be busy longer than the server takes */
const mostBytes = 30 * 1024 * 1024;
/** shpjs goes round for ever on some damaged files; the worker is ended then */
const patienceMs = 15_000;

export const readInstantly: InstantReader = async (file, signal) => {
  if (file.size > mostBytes) return null;
  const bytes = await file.arrayBuffer().catch(() => null);
  if (bytes === null || signal.aborted) return null;
  const worker = new Worker(new URL('./instant-shapes.worker.ts', import.meta.url), { type: 'module' });
  try {
    const geometries = await new Promise<InstantGeometry[]>((resolve) => {
      const give = (found: InstantGeometry[]) => resolve(found);
      worker.addEventListener('message', (event: MessageEvent<InstantGeometry[]>) => give(event.data));
      worker.addEventListener('error', () => give([]));
      signal.addEventListener('abort', () => give([]));
      setTimeout(give, patienceMs, []);
      worker.postMessage(bytes, [bytes]);
    });
    const frame = frameOf(geometries);
    if (frame === null) return null;
    return { geometries, frame, planar: frame.some((value) => Math.abs(value) > 180) };
  } finally {
    worker.terminate();
  }
};
