/**
 * Least-cost flow on a network of whole numbers: shortest paths by Dijkstra with potentials, then as many of them at
 * once as there are (primal-dual). Needed by printed-table.ts, where a table of 20,000 rows has 300,000 arcs: one path at
 * a time would take minutes.
 */
export class FlowNetwork {
  readonly #head: Int32Array;
  readonly #next: number[] = [];
  readonly #to: number[] = [];
  readonly #cost: number[] = [];
  readonly #room: number[] = [];
  /** what a node has too much of (> 0) or lacks (< 0); set before `settle` */
  readonly excess: Float64Array;

  constructor(nodes: number) {
    this.#head = new Int32Array(nodes).fill(-1);
    this.excess = new Float64Array(nodes);
  }

  /** One direction; cost ≥ 0, a whole number. Returns the arc, for `moved`. */
  arc(from: number, to: number, cost: number, capacity: number): number {
    const id = this.#to.length;
    for (const [a, b, price, room] of [
      [from, to, cost, capacity],
      [to, from, -cost, 0],
    ] as const) {
      this.#next.push(this.#head[a]!);
      this.#head[a] = this.#to.length;
      this.#to.push(b);
      this.#cost.push(price);
      this.#room.push(room);
    }
    return id;
  }

  /** How much went along an arc. */
  moved(arc: number): number {
    return this.#room[arc + 1]!;
  }

  /** Brings every excess to the nodes that lack it, at the least total cost. False where some of it has no way. */
  settle(): boolean {
    const nodes = this.excess.length;
    const potential = new Float64Array(nodes);
    const distance = new Float64Array(nodes);
    const done = new Uint8Array(nodes);
    while (this.excess.some((amount) => amount > 0)) {
      const nearest = this.#shortest(potential, distance, done);
      if (nearest === Infinity) return false;
      for (let node = 0; node < nodes; node++) potential[node]! += Math.min(distance[node]!, nearest);
      this.#push(potential);
    }
    return true;
  }

  /** Distances in reduced cost from all nodes with an excess; stops at, and returns, that of the nearest node in want. */
  #shortest(potential: Float64Array, distance: Float64Array, done: Uint8Array): number {
    distance.fill(Infinity);
    done.fill(0);
    const queue = new Heap();
    for (let node = 0; node < distance.length; node++) {
      if (this.excess[node]! <= 0) continue;
      distance[node] = 0;
      queue.push(node, 0);
    }
    for (let node = queue.pop(); node !== -1; node = queue.pop()) {
      if (done[node]) continue;
      done[node] = 1;
      if (this.excess[node]! < 0) return distance[node]!;
      for (let arc = this.#head[node]!; arc !== -1; arc = this.#next[arc]!) {
        if (this.#room[arc]! <= 0) continue;
        const to = this.#to[arc]!;
        const far = distance[node]! + this.#cost[arc]! + potential[node]! - potential[to]!;
        if (far >= distance[to]!) continue;
        distance[to] = far;
        queue.push(to, far);
      }
    }
    return Infinity;
  }

  /** Along arcs of reduced cost zero, from every excess, until none of these paths is left. Depth first, without recursion. */
  #push(potential: Float64Array): void {
    const cursor = Int32Array.from(this.#head);
    const seen = new Uint8Array(this.excess.length);
    for (let source = 0; source < this.excess.length; source++) {
      while (this.excess[source]! > 0) {
        const path = this.#path(source, potential, cursor, seen);
        if (path === null) break;
        const target = this.#to[path.at(-1)!]!;
        let amount = Math.min(this.excess[source]!, -this.excess[target]!);
        for (const arc of path) amount = Math.min(amount, this.#room[arc]!);
        for (const arc of path) {
          this.#room[arc]! -= amount;
          this.#room[arc ^ 1]! += amount;
        }
        this.excess[source]! -= amount;
        this.excess[target]! += amount;
      }
    }
  }

  /** A node stays `seen` once it led nowhere: what that misses, the next round of shortest paths finds. */
  #path(source: number, potential: Float64Array, cursor: Int32Array, seen: Uint8Array): number[] | null {
    const path: number[] = [];
    let node = source;
    seen[source] = 1;
    for (;;) {
      if (this.excess[node]! < 0) {
        seen[source] = 0;
        for (const arc of path) seen[this.#to[arc]!] = 0;
        return path;
      }
      let arc = cursor[node]!;
      while (arc !== -1 && !this.#leads(node, arc, potential, seen)) arc = this.#next[arc]!;
      cursor[node] = arc;
      if (arc !== -1) {
        path.push(arc);
        node = this.#to[arc]!;
        seen[node] = 1;
        continue;
      }
      const back = path.pop();
      if (back === undefined) return null;
      node = this.#to[back ^ 1]!;
      cursor[node] = this.#next[cursor[node]!]!;
    }
  }

  #leads(node: number, arc: number, potential: Float64Array, seen: Uint8Array): boolean {
    const to = this.#to[arc]!;
    return this.#room[arc]! > 0 && !seen[to] && this.#cost[arc]! + potential[node]! - potential[to]! === 0;
  }
}

/** A binary heap of nodes by distance; ties by the order in which they came, so that the same table always closes alike. */
class Heap {
  readonly #nodes: number[] = [];
  readonly #keys: number[] = [];

  push(node: number, key: number): void {
    let i = this.#keys.length;
    this.#nodes.push(node);
    this.#keys.push(key);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.#keys[up]! <= key) break;
      this.#swap(i, up);
      i = up;
    }
  }

  /** -1 where it is empty */
  pop(): number {
    const top = this.#nodes[0];
    if (top === undefined) return -1;
    const last = this.#keys.length - 1;
    this.#swap(0, last);
    this.#nodes.pop();
    this.#keys.pop();
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      if (left >= last) break;
      const small = left + 1 < last && this.#keys[left + 1]! < this.#keys[left]! ? left + 1 : left;
      if (this.#keys[i]! <= this.#keys[small]!) break;
      this.#swap(i, small);
      i = small;
    }
    return top;
  }

  #swap(a: number, b: number): void {
    [this.#nodes[a], this.#nodes[b]] = [this.#nodes[b]!, this.#nodes[a]!];
    [this.#keys[a], this.#keys[b]] = [this.#keys[b]!, this.#keys[a]!];
  }
}
