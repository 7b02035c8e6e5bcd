/** Finds hillsides for the projects: apart from each other, off the river, of the slope that a project is to show. */
import { type Block, terrace } from './block.ts';
import { cellNear, columns, patches, riverRow, rows } from './lattice.ts';
import { Chance } from './random.ts';
import { cellsIn, type Grid, height, noData, type Point, width } from './terrain.ts';

export interface Placed {
  block: Block;
  /** lattice cells about the block: one land-use patch, in which the block is the hole */
  host: [number, number][];
}

export interface Wish {
  lengthM: number;
  rows: number;
  /** slope in degrees at the foot of the hillside, to begin with */
  startSlope: readonly [number, number];
  /** given the slopes of the cells about the block */
  suits: (slopes: number[]) => boolean;
  /** and, where it matters, the block itself */
  fits?: (block: Block) => boolean;
  /** try the places of a list instead of the whole county */
  places?: Point[];
}

export const gentle = (slopes: number[]) => slopes.every((s) => s !== noData && s < 23.5) && mean(slopes) > 5;
export const steep = (slopes: number[]) => {
  const share = slopes.filter((s) => s > 25).length / slopes.length;
  return share > 0.12 && share < 0.45 && Math.max(...slopes) < 40;
};
const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

export class Ground {
  private readonly taken = new Set<string>();
  private readonly slope: Grid;
  private readonly inCounty: (i: number, j: number) => boolean;

  constructor(slope: Grid, inCounty: (i: number, j: number) => boolean) {
    this.slope = slope;
    this.inCounty = inCounty;
  }

  place(wish: Wish, seed: number): Placed {
    const chance = new Chance(seed);
    for (let tries = 0; tries < 400_000; tries++) {
      const start: Point = wish.places
        ? chance.pick(wish.places)
        : [chance.between(400, width - 400), chance.between(400, height - 400)];
      // one cell tells most of what is not worth drawing
      const [under] = cellsIn(this.slope, [...start, ...start]);
      if (under! < wish.startSlope[0] || under! > wish.startSlope[1]) continue;
      const widths = Array.from({ length: wish.rows }, () => chance.between(17.5, 22.5));
      const block = terrace(start, wish.lengthM, widths, chance);
      if (!block) continue;
      if (!wish.suits(cellsIn(this.slope, block.box(), 1)) || wish.fits?.(block) === false) continue;
      const host = this.hostOf(block, wish.places !== undefined);
      if (!host) continue;
      for (const cell of host) this.taken.add(`${cell}`);
      return { block, host };
    }
    throw new Error(`no hillside for block ${seed}: choose another seed or a milder wish`);
  }

  /** The lattice cells within 90 m of the block, undefined where one of them is taken, the river, or beyond the county. */
  private hostOf(block: Block, mayLieOutside: boolean): [number, number][] | undefined {
    const [x1, y1, x2, y2] = block.box(90);
    const corners = [x1, (x1 + x2) / 2, x2].flatMap((x) => [y1, (y1 + y2) / 2, y2].map((y): Point => [x, y]));
    const near = corners.map(cellNear);
    const is = near.map((c) => c[0]);
    const js = near.map((c) => c[1]);
    const cells: [number, number][] = [];
    for (let i = Math.min(...is); i <= Math.max(...is); i++) {
      for (let j = Math.min(...js); j <= Math.max(...js); j++) {
        if (i < 1 || j < 1 || i >= columns - 1 || j >= rows - 1 || j === riverRow) return undefined;
        if (this.taken.has(`${[i, j]}`) || !(mayLieOutside || this.inCounty(i, j))) return undefined;
        cells.push([i, j]);
      }
    }
    // bent cells may leave a corner of the block outside: ask the traced border itself, with 40 m to spare
    const members = new Set(cells.map(String));
    const border = patches((i, j) => (members.has(`${[i, j]}`) ? 'host' : null))[0]!.rings[0]!;
    const inside = block
      .outline()
      .every(([x, y]) => [-40, 40].every((d) => isInside([x + d, y], border) && isInside([x, y + d], border)));
    return inside ? cells : undefined;
  }
}

/** Even-odd. */
export function isInside([x, y]: Point, ring: readonly Point[]): boolean {
  let inside = false;
  for (let n = 0, m = ring.length - 1; n < ring.length; m = n++) {
    const [[x1, y1], [x2, y2]] = [ring[n]!, ring[m]!];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}
