/** Overlaps and gaps between parcels of one set: each pair once, told of the later of the two in upload order. */
import { type Arrangement, ArrangementFailed, arrange } from '../overlay/arrangement.ts';
import { OutlineFailed } from '../overlay/noding.ts';
import { boxesMeet, parseShape, type Shape } from '../overlay/shape.ts';
import type { StoredFault } from './faults.ts';
import { gapsBetween, reachDeg } from './gaps.ts';
import { holds, innerPoint } from './inner-point.ts';
import { overlapM2 } from './quality-limits.ts';

export interface PlacedParcel {
  ordinal: number;
  parcel_id: string;
  geometry_hash: string;
  area_m2: number;
  shape: Shape;
}

export type Found = { ordinal: number; fault: StoredFault };

/** @param all parcels that lie by those with a place from `first` to `last`, and these */
export function neighbourProblems(all: readonly PlacedParcel[], first: number, last: number): Found[] {
  const near = nearEach(all);
  const found: Found[] = [];
  for (const [place, own] of all.entries()) {
    if (own.ordinal < first || own.ordinal > last) continue;
    const others = near[place]!;
    // the same shape again is told as such
    const earlier = others.filter((one) => one.ordinal < own.ordinal && one.geometry_hash !== own.geometry_hash);
    earlier.sort((a, b) => a.ordinal - b.ordinal);
    for (const fault of overlapsOf(own, earlier)) found.push({ ordinal: own.ordinal, fault });
    for (const other of earlier)
      for (const gap of gapsBetween(own.shape, other.shape)) {
        // what lies between them is a third parcel, not a gap
        if (others.some(({ shape }) => holds(shape, gap.lon, gap.lat))) continue;
        const [w, m, m2] = [gap.width_m.toFixed(3), gap.length_m.toFixed(1), gap.area_m2.toFixed(2)];
        found.push({
          ordinal: own.ordinal,
          fault: {
            code: 'gap',
            with: other.parcel_id,
            message: `与地块 ${other.parcel_id} 之间有缝隙：最宽 ${w} 米，长 ${m} 米，面积 ${m2} 平方米`,
            message_en: `A gap beside parcel ${other.parcel_id}: up to ${w} m wide, ${m} m long, ${m2} m²`,
            ...gap,
            warning: true,
          },
        });
      }
  }
  return found;
}

/** Per parcel, those whose boxes come within the reach of a gap: a sweep along the parallels, never all pairs. */
function nearEach(all: readonly PlacedParcel[]): PlacedParcel[][] {
  const near: PlacedParcel[][] = all.map(() => []);
  const order = all.flatMap(({ shape: { box } }, place) => (box ? [{ place, box }] : []));
  order.sort((a, b) => a.box.west - b.box.west);
  for (const [n, { place, box }] of order.entries()) {
    const wide = {
      west: box.west,
      south: box.south - reachDeg,
      east: box.east + reachDeg,
      north: box.north + reachDeg,
    };
    for (let k = n + 1; k < order.length && order[k]!.box.west <= wide.east; k++) {
      const other = order[k]!;
      if (!boxesMeet(wide, other.box)) continue;
      near[place]!.push(all[other.place]!);
      near[other.place]!.push(all[place]!);
    }
  }
  return near;
}

function overlapsOf(own: PlacedParcel, others: readonly PlacedParcel[]): StoredFault[] {
  const { box } = own.shape;
  const covers = others
    .filter(({ shape }) => box && shape.box && boxesMeet(box, shape.box))
    .map((parcel, label) => ({ label, shape: parcel.shape, parcel }));
  if (covers.length === 0) return [];
  let ground: Arrangement;
  try {
    ground = arrange(own.shape, covers);
  } catch (error) {
    if (!(error instanceof ArrangementFailed)) throw error;
    return [
      {
        code: 'overlap-undetermined',
        message: '与相邻地块是否重叠无法计算，请在 GIS 中检查',
        message_en: 'Whether it overlaps its neighbours could not be worked out; look at it in a GIS',
        ...placeOf(own.shape),
        warning: true,
      },
    ];
  }
  return covers.flatMap(({ label, parcel }) => {
    const cells = [...ground.cells.keys()].filter((cell) => ground.cells[cell]!.labels.includes(label));
    const area_m2 = own.area_m2 * cells.reduce((sum, cell) => sum + ground.cells[cell]!.share, 0);
    if (area_m2 <= overlapM2) return [];
    const m2 = area_m2.toFixed(2);
    return [
      {
        code: 'overlap',
        with: parcel.parcel_id,
        area_m2,
        message: `与地块 ${parcel.parcel_id} 重叠 ${m2} 平方米`,
        message_en: `Overlaps parcel ${parcel.parcel_id} by ${m2} m²`,
        ...placeOf(outlineOf(ground, cells) ?? own.shape),
        warning: true as const,
      },
    ];
  });
}

/** What they have in common; null where it cannot be drawn: its area is told nevertheless. */
function outlineOf(ground: Arrangement, cells: number[]): Shape | null {
  try {
    const [wkb] = ground.outlines([cells]);
    return wkb ? parseShape(wkb) : null;
  } catch (error) {
    if (!(error instanceof OutlineFailed)) throw error;
    return null;
  }
}

export function placeOf(shape: Shape): { lon: number | null; lat: number | null } {
  const [lon, lat] = innerPoint(shape) ?? [null, null];
  return { lon, lat };
}
