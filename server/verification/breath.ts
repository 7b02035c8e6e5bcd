/** Long computations give way: between two slices of them requests are read and answered. */
import { setImmediate as turn } from 'node:timers/promises';

/** ms: three chunks are computed in turn, and an answer takes several turns of the event loop */
const sliceMs = 5;

/** One for a computation; to be asked as often as is convenient. */
export class Breath {
  #since = performance.now();

  async take(): Promise<void> {
    if (performance.now() - this.#since < sliceMs) return;
    await turn();
    this.#since = performance.now();
  }
}
