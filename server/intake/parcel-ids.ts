/** Which name each parcel goes by (CONTRACT §3.1): the client's own, to the letter, as long as it tells the parcels apart. */
import { AppError } from '../errors.ts';
import { RowPlaces } from './row-places.ts';
import type { Warning } from './source-types.ts';

export interface IdSource {
  /** row in its file, from 1 */
  row: number;
  file: string;
  /** null where the row has none */
  id: string | null;
  projectCode: string | null;
}

export interface ParcelName {
  parcel_id: string;
  client_id: string;
}

/** rows shown with a refusal or a warning; the sentence gives the whole count */
const rowsShown = 1000;

/**
 * Names of all parcels in upload order. Without an id the row number (the place in the set where several files were joined);
 * ids that repeat but are unique together with the project code become `project_code/id` for the whole set; else
 * `duplicate-parcel-id` with the rows.
 */
export function nameParcels(
  rows: readonly IdSource[],
  field: string | null,
): { names: ParcelName[]; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const taken = new Set(rows.map((row) => row.id).filter((id) => id !== null));
  const oneFile = rows.every((row) => row.file === rows[0]?.file);
  const nameless = new RowPlaces(rowsShown);
  const names = rows.map((row, index): ParcelName => {
    if (row.id !== null) return { parcel_id: row.id, client_id: row.id };
    nameless.add(row);
    const number = String(oneFile ? row.row : index + 1);
    const free = taken.has(number) ? `row-${number}` : number;
    return { parcel_id: free, client_id: free };
  });
  if (nameless.count > 0) warnings.push(missing(nameless, rows.length, field));

  const repeated = repeats(names.map((name) => name.parcel_id));
  if (repeated.size === 0) return { names, warnings };

  const composed = names.map((name, index) => {
    const code = rows[index]!.projectCode;
    return { ...name, parcel_id: code === null ? name.parcel_id : `${code}/${name.parcel_id}` };
  });
  if (repeats(composed.map((name) => name.parcel_id)).size === 0) {
    warnings.push({
      code: 'parcel-id-composed',
      message: {
        zh: `地块编号在不同项目间重复（${repeated.size} 个），全部地块改用“项目编号/地块编号”，原编号另存`,
        en: `${repeated.size} parcel ids repeat between projects; all parcels of the set are named project_code/id, the ids as given are kept`,
      },
      where: field === null ? {} : { field },
    });
    return { names: composed, warnings };
  }
  throw refusal(rows, names, repeated, field);
}

function repeats(ids: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  return twice;
}

function missing(nameless: RowPlaces, all: number, field: string | null): Warning {
  const whole = nameless.count === all;
  const among = nameless.among();
  return {
    code: 'parcel-id-missing',
    message: whole
      ? {
          zh: '没有可用的地块编号，按行号编号；如有编号请指明属性（field_map 的 parcel_id）',
          en: 'No parcel id was found, so the row number serves; name the attribute (parcel_id in the field map) if there is one',
        }
      : {
          zh: `${nameless.count} 个地块没有编号，按行号编号${among.zh}`,
          en: `${nameless.count} parcels have no id; the row number serves for them${among.en}`,
        },
    where: { ...(field === null ? {} : { field }), ...(whole ? {} : nameless.where()) },
  };
}

function refusal(
  rows: readonly IdSource[],
  names: readonly ParcelName[],
  repeated: ReadonlySet<string>,
  field: string | null,
): AppError {
  const at = rows.map((row, index) => ({ row, id: names[index]!.parcel_id })).filter(({ id }) => repeated.has(id));
  const first = at[0]!.id;
  const files = new Set(at.map(({ row }) => row.file));
  const same = at.filter(({ id }) => id === first).slice(0, 10);
  // rows count within their file, so where several were joined a row alone names no place
  const places =
    files.size === 1
      ? {
          zh: `第 ${same.map(({ row }) => row.row).join('、')} 行`,
          en: `rows ${same.map(({ row }) => row.row).join(', ')}`,
        }
      : {
          zh: same.map(({ row }) => `${row.file} 第 ${row.row} 行`).join('、'),
          en: same.map(({ row }) => `row ${row.row} of ${row.file}`).join(', '),
        };
  return new AppError(
    'duplicate-parcel-id',
    {
      zh: `地块编号重复：${repeated.size} 个编号共用于 ${at.length} 行，例如“${first}”在${places.zh}；请改正编号，或用 field_map 的 parcel_id 指明不重复的属性后重新上传`,
      en: `Parcel ids repeat: ${repeated.size} ids stand in ${at.length} rows, e.g. "${first}" in ${places.en}; correct them, or name a unique attribute as parcel_id in the field map`,
    },
    {
      ...RowPlaces.of(
        at.map(({ row }) => row),
        rowsShown,
      ).where(),
      ...(field === null ? {} : { field }),
      candidates: [...repeated].slice(0, 20),
    },
  );
}
