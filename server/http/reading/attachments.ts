/** Attachments as the API tells them; sentences stay in both languages until they are answered. */
import type { Sentence } from '../../errors.ts';

export interface AttachmentRow {
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
  distance_m: number | null;
}

/** @param nearM from the parcel, beyond which a photo is thought to be of another place */
export function showAttachment(row: AttachmentRow, nearM: number) {
  const warnings: { code: string; message: Sentence }[] = [];
  if (row.distance_m !== null && row.distance_m > nearM)
    warnings.push({
      code: 'far-from-parcel',
      message: {
        zh: `照片的拍摄位置距地块 ${Math.round(row.distance_m)} 米，请确认是否为本地块的照片。`,
        en: `The photo was taken ${Math.round(row.distance_m)} m from the parcel; make sure that it shows this parcel.`,
      },
    });
  return { ...row, warnings: warnings as unknown as { code: string; message: string }[] };
}
