/** One page of a list: keyset paging by (created_at, id, region), newest first, so that a page is stable while rows are added. */
import { badCursor, decodeCursor, encodeCursor } from './cursor.ts';
import { defaultLimit } from './schemas/common.ts';
import { isUuid } from './uuid.ts';

/** Columns every list query carries for its cursor. */
export interface Placed {
  region_code: string;
  place: string;
}

export interface PageRequest {
  limit?: number;
  cursor?: string;
}

export interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
  number_matched: number;
}

/** Parameters :limit, :after_at, :after_id, :after_region; one row more than asked for tells whether there is a next page. */
export function pageParams(question: unknown, { limit, cursor }: PageRequest): Record<string, unknown> {
  const position = decodeCursor(question, cursor);
  const [at, id, region] = position === undefined ? [null, null, null] : placeIn(position);
  return { limit: (limit ?? defaultLimit) + 1, after_at: at, after_id: id, after_region: region };
}

/** The digest of a cursor is no secret, so anybody can make one that holds anything: `validation` where it is no place. */
function placeIn(position: string): [at: string, id: string, region: string] {
  const found = /^\["((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00)","([^"]+)","(\d{6})"\]$/.exec(position);
  const [, at = '', day = '', time = '', id = '', region = ''] = found ?? [];
  const moment = new Date(`${day}T${time}Z`);
  // 30 February is a moment in March here and an error in the database
  const isMoment = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
  if (found === null || !isMoment || !isUuid(id)) throw badCursor();
  return [at, id, region];
}

export const firstOnly: Record<string, unknown> = { limit: 1, after_at: null, after_id: null, after_region: null };

export function toPage<R extends Placed, T>(
  question: unknown,
  { limit }: PageRequest,
  rows: R[],
  matched: number,
  idOf: (row: R) => string,
  show: (row: R) => T,
): PageOf<T> {
  const size = limit ?? defaultLimit;
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  const more = rows.length > size && last !== undefined;
  return {
    items: shown.map(show),
    next_cursor: more ? encodeCursor(question, JSON.stringify([last.place, idOf(last), last.region_code])) : null,
    number_matched: matched,
  };
}
