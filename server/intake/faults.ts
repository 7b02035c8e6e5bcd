/** Problems of a shape as they are stored with it and told by the check parcel-geometry: a sentence, and a place in lon/lat. */
import { type CoordinateSystem, systemOf, toLonLat } from '../domain/crs.ts';
import type { Sentence } from '../errors.ts';
import { smallerLobe } from './bow-tie.ts';
import { findMeetings, type Meeting } from './crossings.ts';
import { unitMetres } from './plane-metres.ts';
import { harmlessFaults, type ShapeFault } from './source-types.ts';
import { type Ring, readMultiPolygon } from './wkb.ts';

export interface StoredFault {
  code: string;
  /** zh */
  message: string;
  message_en: string;
  lon: number | null;
  lat: number | null;
  /** told, but the shape is not wrong for it */
  warning?: true;
  /** its size where it has one: how long, how wide (of a gap at its widest), how much, how sharp */
  length_m?: number;
  width_m?: number;
  area_m2?: number;
  angle_deg?: number;
  /** a boundary that crosses itself once, its two lobes turning opposite ways: `area_m2` is that of the smaller */
  form?: 'bow-tie';
  /** the parcel it is about beside its own, and the set of that one where it is another */
  with?: string;
  with_parcel_set_id?: string;
  /** of the shape as delivered (signed rings added up) and as repaired; on the first fault of a repaired shape */
  area_before_m2?: number;
  area_after_m2?: number;
}

/** What the database says of one invalid shape. x, y in the plane of the file. */
export interface Invalidity {
  reason: string;
  x: number | null;
  y: number | null;
}

/** places listed of one shape; the last fault gives the count of the rest */
const listed = 100;

/** GEOS' words → code and sentence. What is not here is `invalid-geometry` with those words. */
const reasons: Record<string, { code: string; message: Sentence }> = {
  'Self-intersection': { code: 'self-intersection', message: { zh: '边界自相交', en: 'The boundary crosses itself' } },
  'Ring Self-intersection': { code: 'self-touch', message: { zh: '环在一点自接触', en: 'A ring touches itself' } },
  'Hole lies outside shell': {
    code: 'hole-outside-shell',
    message: { zh: '内环在外环之外', en: 'A hole lies outside its shell' },
  },
  'Holes are nested': { code: 'nested-holes', message: { zh: '内环套内环', en: 'A hole lies within a hole' } },
  'Nested shells': { code: 'nested-shells', message: { zh: '外环套外环', en: 'A shell lies within a shell' } },
  'Interior is disconnected': {
    code: 'interior-disconnected',
    message: { zh: '图形内部被内环割断', en: 'Holes cut the inside into parts' },
  },
  'Duplicate Rings': { code: 'ring-repeated', message: { zh: '同一个环重复', en: 'The same ring twice' } },
  'Too few points in geometry component': {
    code: 'ring-too-few-points',
    message: { zh: '环的点数不足', en: 'A ring has too few points' },
  },
};

const meetings: Record<Meeting['kind'], { code: string; message: Sentence }> = {
  cross: reasons['Self-intersection']!,
  overlap: { code: 'self-overlap', message: { zh: '两段边界重合', en: 'Two edges run along each other' } },
  touch: reasons['Ring Self-intersection']!,
};

export const emptyShape: StoredFault = {
  code: 'empty-shape',
  message: '图形为空',
  message_en: 'Empty shape',
  lon: null,
  lat: null,
};

/** What reading found, its place brought from the file's plane to lon/lat. */
export function fromReading(faults: readonly ShapeFault[], srid: number): StoredFault[] {
  return faults.map((fault) => ({
    code: fault.code,
    message: fault.message.zh,
    message_en: fault.message.en,
    ...place(fault.x, fault.y, srid),
    ...lengthOf(fault, srid),
    ...(harmlessFaults.has(fault.code) ? { warning: true as const } : {}),
  }));
}

/**
 * Every fault of an invalid shape: all places where its edges meet, else the one the database names. `usable` is false
 * where so many edges cross that repairing would stall the database; the shape is then not used at all.
 */
export function explainInvalid(
  wkb: Buffer,
  found: Invalidity,
  srid: number,
): { faults: StoredFault[]; usable: boolean; crossings: number } {
  const polygons = readMultiPolygon(wkb);
  const { places, count, tangled } = findMeetings(polygons, listed);
  if (tangled)
    return {
      usable: false,
      crossings: count,
      faults: [
        {
          code: 'geometry-unusable',
          message: '边界自相交过多，无法修复，请在 GIS 中重绘该图形',
          message_en: 'The boundary crosses itself too often to be repaired; redraw the shape',
          ...place(found.x ?? places[0]?.x, found.y ?? places[0]?.y, srid),
        },
      ],
    };
  const known = reasons[found.reason] ?? {
    code: 'invalid-geometry',
    message: { zh: `图形无效（${found.reason}）`, en: `Invalid shape (${found.reason})` },
  };
  const faults = places.map((meeting) => ({ ...tell(meetings[meeting.kind]), ...place(meeting.x, meeting.y, srid) }));
  const [only] = places;
  if (count === 1 && only?.kind === 'cross' && polygons.length === 1 && polygons[0]!.length === 1)
    Object.assign(faults[0]!, bowTie(polygons[0]![0]!, only, srid));
  const aboutEdges = found.reason === 'Self-intersection' || found.reason === 'Ring Self-intersection';
  if (faults.length === 0 || !aboutEdges)
    faults.unshift({ ...tell(known), ...place(found.x ?? undefined, found.y ?? undefined, srid) });
  if (count > places.length)
    faults.push({
      code: 'self-intersection',
      message: `另有 ${count - places.length} 处自相交未逐一列出`,
      message_en: `${count - places.length} more places where the boundary meets itself are not listed`,
      lon: null,
      lat: null,
    });
  return { faults, usable: true, crossings: count };
}

/** Adds to the first fault what the repair did to the area, m² on the ellipsoid. */
export function tellRepair(faults: StoredFault[], beforeM2: number, afterM2: number): StoredFault[] {
  const [first, ...rest] = faults;
  if (first === undefined) return faults;
  const [before, after] = [beforeM2.toFixed(2), afterM2.toFixed(2)];
  return [
    {
      ...first,
      message: `${first.message}；已修复，修复前 ${before} 平方米，修复后 ${after} 平方米`,
      message_en: `${first.message_en}; repaired, ${before} m² before, ${after} m² after`,
      area_before_m2: beforeM2,
      area_after_m2: afterM2,
    },
    ...rest,
  ];
}

/** Two corners in the wrong order are put right by exchanging them, a boundary that runs into itself by drawing it anew. */
function bowTie(ring: Ring, { x, y }: Meeting, srid: number): Partial<StoredFault> {
  const lobe = smallerLobe(ring, x, y);
  const system = systemOf(srid);
  if (lobe === null || system === undefined) return {};
  const unit = unitMetres(system, y);
  const area_m2 = lobe * unit.x * unit.y;
  const m2 = area_m2.toFixed(2);
  return {
    form: 'bow-tie',
    area_m2,
    message: `边界自相交（蝴蝶结形，较小一侧 ${m2} 平方米；相邻界址点顺序可能颠倒）`,
    message_en: `The boundary crosses itself (a bow-tie, its smaller lobe ${m2} m²; two points may stand in the wrong order)`,
  };
}

/** What reading measured in the units of the file. */
function lengthOf({ dx, dy, y }: ShapeFault, srid: number): { length_m?: number } {
  const system = systemOf(srid);
  if (dx === undefined || dy === undefined || y === undefined || system === undefined) return {};
  const unit = unitMetres(system, y);
  return { length_m: Math.hypot(dx * unit.x, dy * unit.y) };
}

function tell(known: { code: string; message: Sentence }) {
  return { code: known.code, message: known.message.zh, message_en: known.message.en };
}

function place(x: number | null | undefined, y: number | null | undefined, srid: number) {
  const system: CoordinateSystem | undefined = systemOf(srid);
  if (x === undefined || x === null || y === undefined || y === null || system === undefined)
    return { lon: null, lat: null };
  const [lon, lat] = toLonLat(x, y, system);
  return { lon, lat };
}
