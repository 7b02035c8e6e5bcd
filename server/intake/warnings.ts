/** Warnings of one kind said once, with how often and where first, so that 500,000 rows cannot make 500,000 warnings. */
import type { Sentence, Where } from '../errors.ts';
import type { Warning } from './source-types.ts';

export class WarningTally {
  readonly #found = new Map<string, { code: string; count: number; where: Where; say: (count: number) => Sentence }>();

  /** `topic` keeps warnings of one code apart (say, by field); `say` gets the final count. */
  add(code: string, topic: string, where: Where, say: (count: number) => Sentence): void {
    const key = `${code}\0${topic}`;
    const known = this.#found.get(key);
    if (known) known.count++;
    else this.#found.set(key, { code, count: 1, where, say });
  }

  list(): Warning[] {
    return [...this.#found.values()].map(({ code, count, where, say }) => ({ code, message: say(count), where }));
  }
}
