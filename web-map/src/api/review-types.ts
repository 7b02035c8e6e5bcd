/** Decisions as the API tells them. A flag (a failing check of a parcel) is suspected until a person confirms or rejects it. */
import type { CheckId, Measure } from '../../../server/domain/outcome.ts';
import type { BatchPreview, Decision } from '../../../server/domain/review.ts';

export { type Decision, decisions, type FlagReview, type StaleCause } from '../../../server/domain/review.ts';

export interface Attachment {
  attachment_id: string;
  file_name: string;
  media_type: string;
  bytes: number;
  width?: number | null;
  height?: number | null;
  lon?: number | null;
  lat?: number | null;
  taken_at?: string | null;
  /** m from where the photo was taken to the parcel */
  distance_m?: number | null;
  warnings?: { code: string; message: string }[];
}

export interface Review {
  review_id: string;
  parcel_id: string;
  project_code: string | null;
  check: CheckId;
  decision: Decision;
  measure: Measure | null;
  measure_chosen: boolean;
  reason: string;
  person: { person_id: string; name: string };
  decided_at: string;
  superseded_by: string | null;
  batch_id: string | null;
  attachments: Attachment[];
}

export interface Person {
  person_id: string;
  name: string;
  office: string | null;
}

/** One flag and what is decided on it. `expects`: the decision that was seen and is to give way. */
export interface ReviewItem {
  parcel_id: string;
  project_code: string | null;
  check: CheckId;
  geometry_hash: string;
  decision: Decision;
  measure?: Measure;
  reason?: string;
  expects?: string;
  attachments?: string[];
}

/** Another decision stands where one was to be made. */
export interface Standing {
  review_id: string;
  decision: Decision;
  measure: Measure | null;
  reason: string;
  person: { person_id: string; name: string };
  decided_at: string;
}

export interface BatchBody {
  decision: Decision;
  measure?: Measure;
  reason?: string;
  decided?: 'skip' | 'replace';
  of_batch?: string;
  token?: string;
}

export type { BatchPreview };
export type BatchMade = BatchPreview & { batch_id: string };
