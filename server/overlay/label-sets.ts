/**
 * Sets of labels, each known by a number; which set is above an edge follows from the set below it. A set is its least labels with one
 * greater label added, so that every set is found by way of one other and none has to be spelled out to be compared.
 */
export class LabelSets {
  /** the set where the climb has come to */
  current = 0;
  /** the set it begins with */
  #ground = 0;
  /** by set: itself without its greatest label, and that label */
  readonly #rest: number[] = [0];
  readonly #last: number[] = [-1];
  /** by label: the set reached from each set by adding or taking out the label */
  readonly #next: (number | undefined)[][] = [];
  /** by label: how often it covers the place, and the ground */
  readonly #depth: Int32Array;
  readonly #groundDepth: Int32Array;
  /** labels crossed since the ground */
  #crossed = new Int32Array(64);
  #count = 0;

  /** @param labels all are less */
  constructor(labels: number) {
    this.#depth = new Int32Array(labels);
    this.#groundDepth = new Int32Array(labels);
  }

  get count(): number {
    return this.#rest.length;
  }

  /** @returns ascending */
  labels(set: number): number[] {
    const labels: number[] = [];
    for (let rest = set; rest !== 0; rest = this.#rest[rest]!) labels.push(this.#last[rest]!);
    return labels.reverse();
  }

  /** Back to the ground, to climb again. */
  reset(): void {
    const crossed = this.#crossed;
    for (let n = 0; n < this.#count; n++) this.#depth[crossed[n]!] = this.#groundDepth[crossed[n]!]!;
    this.#count = 0;
    this.current = this.#ground;
  }

  cross(label: number, turn: number): void {
    const before = this.#depth[label]!;
    const depth = before + turn;
    this.#depth[label] = depth;
    if (this.#count === this.#crossed.length) this.#widen();
    this.#crossed[this.#count++] = label;
    if (before > 0 !== depth > 0) this.current = this.#toggled(this.current, label);
  }

  /** Something begins or ends to cover the ground. */
  crossUnderground(label: number, turn: number): void {
    this.reset();
    this.cross(label, turn);
    this.#groundDepth[label] = this.#depth[label]!;
    this.#ground = this.current;
  }

  #widen(): void {
    const wider = new Int32Array(2 * this.#count);
    wider.set(this.#crossed);
    this.#crossed = wider;
  }

  /** With the label if the set has it not, else without it. */
  #toggled(set: number, label: number): number {
    let next = this.#next[label];
    if (next === undefined) {
      next = [];
      this.#next[label] = next;
    }
    let reached = next[set];
    if (reached === undefined) {
      reached = this.#reach(set, label);
      next[set] = reached;
    }
    return reached;
  }

  #reach(set: number, label: number): number {
    const last = this.#last[set]!;
    if (label === last) return this.#rest[set]!;
    if (label < last) return this.#toggled(this.#toggled(this.#rest[set]!, label), last);
    this.#rest.push(set);
    this.#last.push(label);
    return this.#rest.length - 1;
  }
}
