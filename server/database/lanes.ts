/**
 * Statements side by side: a server works on as many as it has cores, while this process makes the next ones. The embedded engine has one
 * session, where a second one would only wait for the first.
 */
import type { Database } from './connect.ts';

export function lanesOf({ kind }: Pick<Database, 'kind'>): number {
  return kind === 'postgis' ? 3 : 1;
}

/** Works begun in order, at most so many at a time. The first fault is thrown by the next call; nothing is begun behind it. */
export class Lanes {
  readonly #most: number;
  readonly #busy = new Set<Promise<void>>();
  #fault: { error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits for a free lane and begins. */
  async begin(work: () => Promise<void>): Promise<void> {
    while (this.#busy.size >= this.#most) await Promise.race(this.#busy);
    this.#throwFault();
    const lane: Promise<void> = work().then(
      () => void this.#busy.delete(lane),
      (error: unknown) => {
        this.#busy.delete(lane);
        this.#fault ??= { error };
      },
    );
    this.#busy.add(lane);
  }

  /** Waits until all that was begun has ended, well or badly. */
  async end(): Promise<void> {
    while (this.#busy.size > 0) await Promise.race(this.#busy);
    this.#throwFault();
  }

  /** The same where a fault is on its way already. */
  async settle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.race(this.#busy);
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}
