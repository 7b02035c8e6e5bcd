/**
 * Which things lie by which parcels, by their boxes. Parcels that lie together are looked up as one: of 100,000 parcels in the order of
 * upload a chunk of 1,000 makes some 100 groups, so that an index is descended a tenth as often, and a polygon that lies over seven of
 * them comes out of the database once.
 */
import { type Box, boxesMeet, widen } from '../overlay/shape.ts';

export interface Group {
  box: Box;
  /** places of the boxes it was made of */
  members: number[];
}

const mostMembers = 32;
/** A group's box is at most so many times the boxes in it: what is read in vain stays a small multiple of what is needed. */
const mostSpread = 4;

/** Groups of boxes that lie close together, along a curve through all of them. */
export function groupsOf(boxes: readonly (Box | undefined)[]): Group[] {
  const whole = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (const box of boxes) if (box) widen(whole, box);
  const places = boxes
    .flatMap((box, place) => (box ? [{ place, box, code: curvePlace(box, whole) }] : []))
    .sort((a, b) => a.code - b.code || a.place - b.place);
  const groups: Group[] = [];
  let filled = 0;
  for (const { place, box } of places) {
    const group = groups.at(-1);
    const wider = group && { ...group.box };
    if (wider) widen(wider, box);
    if (group && wider && group.members.length < mostMembers && areaOf(wider) <= mostSpread * (filled + areaOf(box))) {
      group.box = wider;
      group.members.push(place);
      filled += areaOf(box);
    } else {
      groups.push({ box: { ...box }, members: [place] });
      filled = areaOf(box);
    }
  }
  return groups;
}

const areaOf = ({ west, south, east, north }: Box): number => (east - west) * (north - south);

/** Place of a box's middle along a Z-order curve through `whole`, 16 bits a side. */
function curvePlace(box: Box, whole: Box): number {
  const cell = (at: number, from: number, to: number) =>
    to > from ? Math.floor(((at - from) / (to - from)) * 65535) : 0;
  const x = cell((box.west + box.east) / 2, whole.west, whole.east);
  const y = cell((box.south + box.north) / 2, whole.south, whole.north);
  return spread(x) + 2 * spread(y);
}

/** 16 bits with a gap behind each. */
function spread(bits: number): number {
  let wide = bits;
  wide = (wide | (wide << 8)) & 0x00ff00ff;
  wide = (wide | (wide << 4)) & 0x0f0f0f0f;
  wide = (wide | (wide << 2)) & 0x33333333;
  return (wide | (wide << 1)) & 0x55555555;
}

/** For each box, by its place, the things whose boxes meet it, in their order. */
export function thingsBy<Thing>(
  boxes: readonly (Box | undefined)[],
  groups: readonly Group[],
  things: readonly Thing[],
  boxOf: (thing: Thing) => Box | undefined,
): Thing[][] {
  const found: Thing[][] = boxes.map(() => []);
  const placed = things.flatMap((thing, place) => {
    const box = boxOf(thing);
    return box ? [{ thing, place, box }] : [];
  });
  // by their western edge: of 5,000 things a group looks at some hundred
  placed.sort((a, b) => a.box.west - b.box.west || a.place - b.place);
  const widest = placed.reduce((most, { box }) => Math.max(most, box.east - box.west), 0);
  const firstFrom = (west: number): number => {
    let [from, to] = [0, placed.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (placed[middle]!.box.west < west) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  for (const { box, members } of groups) {
    const near: typeof placed = [];
    // rounded down: no thing that only just reaches the group is passed over
    for (let at = firstFrom(box.west - widest * (1 + 1e-9)); at < placed.length; at++) {
      const other = placed[at]!;
      if (other.box.west > box.east) break;
      if (boxesMeet(box, other.box)) near.push(other);
    }
    near.sort((a, b) => a.place - b.place);
    for (const member of members) {
      const own = boxes[member]!;
      found[member] = near.filter((other) => boxesMeet(own, other.box)).map(({ thing }) => thing);
    }
  }
  return found;
}

/** The groups' boxes as columns. */
export function columnsOf(groups: readonly Group[]): Record<keyof Box, number[]> {
  const side = (name: keyof Box) => groups.map(({ box }) => box[name]);
  return { west: side('west'), south: side('south'), east: side('east'), north: side('north') };
}
