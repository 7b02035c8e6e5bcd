/** An uploaded file on this server's disk: DATA_DIR/uploads/<sha256>, whichever way it came. Never under a client's name (THREATS T3). */
import { access, rename, rm, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { invalidField } from '../problem.ts';

export interface StoredFile {
  path: string;
  sha256: string;
  /** what the client calls it; for showing only */
  fileName: string;
  bytes: number;
}

export const uploadsFolder = (dataDir: string): string => join(dataDir, 'uploads');
export const temporaryPrefix = '.part-';

/** room that must stay on the disk beside uploads: the database writes too */
const spareBytes = 64 * 1024 * 1024;

/** Throws ENOSPC where `bytes` more would not leave that. */
export async function needRoom(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder);
  if (disk.bavail * disk.bsize < bytes + spareBytes)
    throw Object.assign(new Error('no room for the upload'), { code: 'ENOSPC' });
}

/** Same bytes, same place: the second upload of a file leaves the first one where it is, only younger. Gives the place. */
export async function settle(draft: string, sha256: string, folder: string): Promise<string> {
  const path = join(folder, sha256);
  const present = await access(path).then(
    () => true,
    () => false,
  );
  if (present) await rm(draft, { force: true });
  else await rename(draft, path);
  // its job is not known yet: what is old and has no job is swept
  await utimes(path, new Date(), new Date());
  return path;
}

/** The last part of a path, whichever way its slashes go; control and direction characters out. */
export function cleanName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '').trim();
  return Array.from(clean).slice(0, 200).join('') || 'file';
}

export function tooLarge(limitBytes: number, field = 'file'): AppError {
  const mb = Math.floor(limitBytes / 1024 / 1024);
  return new AppError(
    'too-large',
    {
      zh: `文件超过 ${mb} MB 的上限，请拆分或压缩为 zip 后上传。`,
      en: `The file is over the limit of ${mb} MB; split it, or zip it.`,
    },
    { field },
  );
}

/** Also what a browser sends for a form in which no file was chosen. */
export const emptyFile = () =>
  invalidField('file', {
    zh: '文件是空的，请选择文件后重新上传。',
    en: 'The file is empty; choose one and upload again.',
  });
