/** What a place for unfinished uploads must do beyond tus: hand a finished one over, and whatever several servers need of each other. */
import type { DataStore } from '@tus/server';

export interface UploadStore extends DataStore {
  /** Puts the bytes of a finished upload into a new file. */
  copyTo(uploadId: string, path: string): Promise<void>;
  /** The finished upload has these bytes: what other servers find it by. */
  name(uploadId: string, sha256: string): Promise<void>;
  /** The sha256 it was named by; undefined: not named, or it is not kept. */
  nameOf(uploadId: string): Promise<string | undefined>;
  /** A file that came by another way (one form, one request), for the server that will read it. */
  offer(file: { path: string; sha256: string; bytes: number; fileName: string }): Promise<void>;
  /** The finished upload with these bytes, where another server may have taken it in. */
  find(sha256: string): Promise<string | undefined>;
  /** uploads begun by someone and kept just now */
  count(): Promise<number>;
}

/** What an upload is meant for decides how large it may be. */
export const purposes = ['parcels', 'layers', 'registers'] as const;
export type Purpose = (typeof purposes)[number];

/** Unguessable: 128 random bits. Whoever knows it may add to the upload and use it; nothing lists them. */
export const isUploadId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);
