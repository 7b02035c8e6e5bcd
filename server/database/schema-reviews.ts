/** Table types of sql/migrations/0006_reviews.sql, as far as kysely touches them; reviews are written by .sql files alone. */
import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string | undefined, Date | string>;

export interface PersonTable {
  person_id: string;
  name: string;
  office: Generated<string>;
  created_at: Time;
}

export interface AttachmentTable {
  region_code: string;
  attachment_id: string;
  file_name: string;
  media_type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  lon: number | null;
  lat: number | null;
  taken_at: string | null;
  camera: string | null;
  created_at: Time;
  ready_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}

export interface AttachmentPartTable {
  region_code: string;
  attachment_id: string;
  part_no: number;
  data: Buffer;
}

export interface RunIndexedTable {
  region_code: string;
  run_id: string;
  check_ids: string;
  created_at: Time;
}

export interface ReviewSchema {
  person: PersonTable;
  attachment: AttachmentTable;
  attachment_part: AttachmentPartTable;
  run_indexed: RunIndexedTable;
  /** its key alone: the rest is read and written by .sql files */
  run_index: { region_code: string; run_id: string; ordinal: number };
}
