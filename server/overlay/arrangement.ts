/**
 * What covers how much of a parcel, exactly and at once: the parcel and all polygons over it are cut into vertical slabs at every vertex
 * and crossing; within a slab edges do not cross, so going up through them tells which polygons cover each trapezoid. Each part of the
 * parcel has one set of polygons over it: sums over sets are the unions, overlaps and remainders of any of them, and close by themselves.
 *
 * It asks no question that rounding could answer wrongly: edges that coincide, touch or nearly cross are at worst taken in the wrong
 * order where the land between them has no area to speak of (1e-16 of the parcel). The plane overlay of GEOS needs a grid, exceptions
 * and 40 µs for one pair of polygons; this takes about that for a parcel and all that lies on it, and gives the same digits on every
 * engine. Method: the trapezoidal map (de Berg et al., Computational Geometry, ch. 6), built by sweeping slabs.
 */
import { EdgeList } from './edge-list.ts';
import { Outlines } from './outline.ts';
import { boxesMeet, type Shape } from './shape.ts';
import { ArrangementFailed, Sweep } from './sweep.ts';
import { tellingLabels } from './telling-labels.ts';
import { type AreaWeight, areaWeight } from './weight.ts';

/** A polygon over the parcel: parts of one thing share a label, and pieces of one label do not overlap. */
export interface Cover {
  /** 0, 1, 2 … */
  label: number;
  /** degrees */
  shape: Shape;
}

/** A part of the parcel that the same labels cover. */
export interface Cell {
  /** ascending */
  labels: readonly number[];
  /** of the parcel's area, 0–1 */
  share: number;
}

export { ArrangementFailed };

export interface Arrangement {
  /** shares adding up to 1, also the part that nothing covers (no labels); none for an empty shape */
  readonly cells: readonly Cell[];
  /**
   * @param groups of cells, by their places; no cell in two of them
   * @returns the union of each group as little-endian WKB MultiPolygon, two ordinates, valid, vertices of the parcel and the covers bit for
   * bit; null where none of it has land to draw. It costs some arrangements. @throws OutlineFailed
   */
  outlines(groups: readonly (readonly number[])[]): (Uint8Array | null)[];
}

/** @throws ArrangementFailed */
export function arrange(
  parcel: Shape,
  covers: readonly Cover[],
  weightOf: (south: number) => AreaWeight = areaWeight,
): Arrangement {
  const { box } = parcel;
  if (!box) return { cells: [], outlines: (groups) => groups.map(() => null) };
  edges.open(box);
  const area = edges.add(parcel, 0);
  for (const { label, shape } of covers) if (shape.box && boxesMeet(shape.box, box)) edges.add(shape, label + 1);
  const sweep = new Sweep(edges, weightOf(box.south));
  sweep.run();
  const cells = sweep.cells(area);
  return { cells, outlines: (groups) => outlinesOf(parcel, covers, cells, groups) };
}

function outlinesOf(
  parcel: Shape,
  covers: readonly Cover[],
  cells: readonly Cell[],
  groups: readonly (readonly number[])[],
): (Uint8Array | null)[] {
  const groupOf = cells.map(() => -1);
  for (const [group, places] of groups.entries()) for (const cell of places) groupOf[cell] = group;
  // most polygons over a parcel are not why a part of it is drawn: without their edges it takes a third of the time
  const telling = tellingLabels(cells, groupOf);
  const parts = cells.map(({ labels }) => ({ labels: labels.filter((label) => telling.has(label)) }));
  const drawn = covers.filter(({ label }) => telling.has(label));
  const outlines = new Outlines(parcel, drawn, parts);
  return groups.map((_, group) => outlines.outline((cell) => groupOf[cell] === group));
}

/** one parcel at a time */
const edges = new EdgeList();
