/** Where a fault lies, as text: file, row, attribute, coordinate, whatever of it is known. */
import type { Where } from '../api/types.ts';

type Translate = (key: string, values: Record<string, unknown>) => string;

/** rows that are named one by one */
const namedRows = 12;

/** degrees to 1e-7, about 1 cm */
export const degrees = (value: number): string => value.toFixed(7);

/** Empty where nothing is known. Candidates are no place and are left out. */
export function placeText(where: Where, t: Translate): string {
  const { file, row, rows, field, lon, lat, x, y } = where;
  const parts: string[] = [];
  if (file !== undefined) parts.push(t('place.file', { file }));
  if (row !== undefined) parts.push(t('place.row', { row }));
  else if (rows && rows.length > 0) {
    const values = { rows: rows.slice(0, namedRows).join('、'), n: rows.length };
    parts.push(t(rows.length > namedRows ? 'place.rowsAndMore' : 'place.rows', values));
  }
  if (field !== undefined) parts.push(t('place.field', { field }));
  if (lon !== undefined && lat !== undefined) parts.push(t('place.lonLat', { lon: degrees(lon), lat: degrees(lat) }));
  else if (x !== undefined && y !== undefined) parts.push(t('place.xy', { x, y }));
  return parts.join(t('place.comma', {}));
}
