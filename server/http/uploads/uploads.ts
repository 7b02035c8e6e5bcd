/** Uploaded files between the request that brings them and the job that reads them, wherever the two take place. */
import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ERRORS, type Upload } from '@tus/server';
import type { Config } from '../../config.ts';
import type { Database } from '../../database/connect.ts';
import { AppError } from '../../errors.ts';
import { sha256Of } from '../../intake/identity.ts';
import { invalidField, shown } from '../problem.ts';
import { DatabaseStore } from './database-store.ts';
import { FolderStore } from './folder-store.ts';
import {
  cleanName,
  emptyFile,
  type StoredFile,
  settle,
  temporaryPrefix,
  tooLarge,
  uploadsFolder,
} from './stored-file.ts';
import { isUploadId, type UploadStore } from './upload-store.ts';

export interface Uploads {
  store: UploadStore;
  /**
   * A finished upload as a file under its hash; it stays what it was and can be taken again.
   * Throws `not-found` (unknown, expired), `conflict` (unfinished), `too-large`.
   */
  take(uploadId: string, limitBytes: number): Promise<StoredFile>;
  /** The file with this hash; fetched where another server took it in. */
  bring(sha256: string): Promise<string>;
  /** Takes out what has expired; how many. */
  sweep(): Promise<number>;
}

export function openUploads({ database, config }: { database: Database; config: Config }): Uploads {
  const folder = uploadsFolder(config.dataDir);
  const keptMs = config.uploads.keptHours * 3600 * 1000;
  const inFolder = (config.uploads.store ?? (database.kind === 'postgis' ? 'database' : 'folder')) === 'folder';
  const store = inFolder ? new FolderStore(join(folder, 'resumable'), keptMs) : new DatabaseStore(database.db, keptMs);

  /** @param name as it must hash to, where that is known */
  async function materialise(
    uploadId: string,
    name?: string,
  ): Promise<{ path: string; sha256: string; bytes: number }> {
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `${temporaryPrefix}${randomUUID()}`);
    try {
      await store.copyTo(uploadId, draft);
      await chmod(draft, 0o600);
      const sha256 = await sha256Of(draft);
      const { size } = await stat(draft);
      if (name !== undefined && name !== sha256) throw new Error(`upload ${uploadId} is ${sha256}, not ${name}`);
      return { path: await settle(draft, sha256, folder), sha256, bytes: size };
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** It was taken here before, by the dry run say: 500 MB need not come out of the database again. */
  async function takenBefore(
    uploadId: string,
    bytes: number,
  ): Promise<{ path: string; sha256: string; bytes: number } | undefined> {
    const sha256 = await store.nameOf(uploadId);
    if (sha256 === undefined) return undefined;
    const path = join(folder, sha256);
    const there = await stat(path).catch(() => undefined);
    if (there?.size !== bytes) return undefined;
    // as settle does: what is old and has no job is swept
    await utimes(path, new Date(), new Date());
    return { path, sha256, bytes };
  }

  return {
    store,
    async take(uploadId, limitBytes) {
      const upload = await present(store, uploadId);
      if (upload.offset !== upload.size) throw unfinished(upload);
      if (upload.size > limitBytes) throw tooLarge(limitBytes, 'upload_id');
      if (upload.size === 0) throw emptyFile();
      const file = (await takenBefore(uploadId, upload.size)) ?? (await materialise(uploadId));
      if (file.bytes !== upload.size) throw new Error(`upload ${uploadId} has ${file.bytes} of ${upload.size} bytes`);
      await store.name(uploadId, file.sha256);
      return { ...file, fileName: cleanName(upload.metadata?.['filename'] ?? '') };
    },
    async bring(sha256) {
      const path = join(folder, sha256);
      const here = await access(path).then(
        () => true,
        () => false,
      );
      if (here) return path;
      const elsewhere = await store.find(sha256);
      // without one the job fails by the missing file, as it should
      if (elsewhere !== undefined) await materialise(elsewhere, sha256);
      return path;
    },
    sweep: () => store.deleteExpired(),
  };
}

async function present(store: UploadStore, uploadId: string): Promise<Upload> {
  if (!isUploadId(uploadId)) throw noUpload(uploadId);
  const upload = await store.getUpload(uploadId).catch((error: unknown) => {
    if (error === ERRORS.FILE_NOT_FOUND || error === ERRORS.FILE_NO_LONGER_EXISTS) throw noUpload(uploadId);
    throw error;
  });
  const begun = new Date(upload.creation_date ?? Date.now()).getTime();
  if (Date.now() > begun + store.getExpiration()) throw noUpload(uploadId);
  return upload;
}

const noUpload = (uploadId: string) =>
  new AppError(
    'not-found',
    {
      zh: `没有编号为 ${shown(uploadId)} 的上传，或已过期被清除。请重新上传文件。`,
      en: `There is no upload ${shown(uploadId)}, or it has expired and is gone. Upload the file again.`,
    },
    { field: 'upload_id' },
  );
const unfinished = ({ offset, size = 0 }: Upload) =>
  new AppError(
    'conflict',
    {
      zh: `文件还没有传完：已收到 ${offset} 字节，共 ${size} 字节。请续传完成后再提交。`,
      en: `The file is not whole yet: ${offset} of ${size} bytes are here. Go on with the upload first.`,
    },
    { field: 'upload_id' },
  );
export const bothFileAndUpload = () =>
  invalidField('upload_id', {
    zh: 'file 与 upload_id 只能提交其一。',
    en: 'Send either file or upload_id, not both.',
  });
