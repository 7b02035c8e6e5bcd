/** Things made once and kept while there is room, the ones longest unused go first; who asks for one that is being made waits for it. */
export class Kept<Value> {
  readonly #held = new Map<string, { value: Promise<Value>; size: number }>();
  readonly #most: number;
  readonly #sizeOf: (value: Value) => number;
  #size = 0;

  /** @param most sum of the sizes kept */
  constructor(most: number, sizeOf: (value: Value) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  async get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#held.get(key);
    if (known !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, known);
      return known.value;
    }
    const entry = { value: make(), size: 0 };
    this.#held.set(key, entry);
    try {
      const value = await entry.value;
      entry.size = this.#sizeOf(value);
      this.#size += entry.size;
      this.#makeRoom(key);
      return value;
    } catch (error) {
      // what failed is tried again by the next who asks
      this.#held.delete(key);
      throw error;
    }
  }

  #makeRoom(newest: string): void {
    for (const [key, { size }] of this.#held) {
      if (this.#size <= this.#most) return;
      // size 0: still being made, and counted when it is there
      if (key === newest || size === 0) continue;
      this.#held.delete(key);
      this.#size -= size;
    }
  }
}
