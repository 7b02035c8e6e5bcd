/** Land use of one block in one year: rectangles of (u, v) that fill it; painting cuts what lay there before. */
import type { Block } from './block.ts';
import type { Point } from './terrain.ts';

export interface Rect {
  u0: number;
  u1: number;
  v0: number;
  v1: number;
}

export interface LandKind {
  code: string;
  /** 种植属性 ZZSXDM: LS, FLS, WG … on farmland; JKHF, GCHF elsewhere */
  planting?: string;
}

export class Tiling {
  private tiles: (Rect & { kind: LandKind | undefined })[];
  private laid: { ring: Point[]; kind: LandKind }[] = [];
  private readonly block: Block;

  constructor(block: Block, kind: LandKind) {
    this.block = block;
    this.tiles = [{ u0: 0, u1: block.length, v0: 0, v1: block.depth, kind }];
  }

  /** kind undefined: a gap in the survey. */
  paint(rect: Rect, kind: LandKind | undefined): void {
    this.tiles = this.tiles.flatMap((t) => {
      const u0 = Math.max(t.u0, rect.u0);
      const u1 = Math.min(t.u1, rect.u1);
      const v0 = Math.max(t.v0, rect.v0);
      const v1 = Math.min(t.v1, rect.v1);
      if (u0 >= u1 || v0 >= v1) return [t];
      const rest = [
        { ...t, v1: v0 },
        { ...t, v0: v1 },
        { ...t, u1: u0, v0, v1 },
        { ...t, u0: u1, v0, v1 },
      ];
      return rest.filter((r) => r.u0 < r.u1 && r.v0 < r.v1);
    });
    this.tiles.push({ ...rect, kind });
  }

  /** A patch that lies over others: surveys of one year do overlap. */
  layOver(ring: Point[], kind: LandKind): void {
    this.laid.push({ ring, kind });
  }

  polygons(): { ring: Point[]; kind: LandKind }[] {
    const tiles = this.tiles
      .filter((t) => t.kind !== undefined)
      .map((t) => ({ ring: this.block.rect(t.u0, t.u1, t.v0, t.v1), kind: t.kind! }));
    return [...tiles, ...this.laid];
  }
}
