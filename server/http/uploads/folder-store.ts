/** Uploads in a folder, by the tus project's own file store: for one server, or several with a common disk. */
import { mkdirSync } from 'node:fs';
import { copyFile, link, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { ERRORS, type Upload } from '@tus/server';
import { needRoom } from './stored-file.ts';
import { isUploadId, type UploadStore } from './upload-store.ts';

export class FolderStore extends FileStore implements UploadStore {
  constructor(directory: string, keptMs: number) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    super({ directory, expirationPeriodInMilliseconds: keptMs });
    // the length is said at the beginning, so that what is too large is refused before its first byte
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override async create(upload: Upload): Promise<Upload> {
    await needRoom(this.directory, upload.size ?? 0);
    return super.create(upload);
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    try {
      return await super.write(readable, id, offset);
    } catch (error) {
      // the file store tells no cause; a disk that is full is one the uploader must hear of
      if (error === ERRORS.FILE_WRITE_ERROR) await needRoom(this.directory, 0);
      throw error;
    }
  }

  /** Also halves of a pair that a process left behind when it died between writing the two. */
  override async deleteExpired(): Promise<number> {
    const ids = new Set((await readdir(this.directory)).map((name) => name.replace(/\.json$/, '')).filter(isUploadId));
    let gone = 0;
    for (const id of ids) {
      const paths = [join(this.directory, id), join(this.directory, `${id}.json`)];
      const told = (await this.configstore.get(id))?.creation_date;
      const begun = told === undefined ? Math.max(...(await Promise.all(paths.map(changed)))) : Date.parse(told);
      if (Date.now() <= begun + this.getExpiration()) continue;
      for (const path of paths) await rm(path, { force: true });
      gone++;
    }
    return gone;
  }

  /** The same bytes under a second name, where the file system has that; later writes cannot reach them: a finished upload takes none. */
  async copyTo(uploadId: string, path: string): Promise<void> {
    const from = join(this.directory, uploadId);
    await link(from, path).catch(() => copyFile(from, path));
  }

  async name(): Promise<void> {}
  async nameOf(): Promise<undefined> {
    return undefined;
  }
  async offer(): Promise<void> {}
  async find(): Promise<undefined> {
    return undefined;
  }

  async count(): Promise<number> {
    return (await readdir(this.directory)).filter(isUploadId).length;
  }
}

// The folder is made above. The file store's constructor makes it too, at some later moment, and where its parent has gone by then the
// process ends; the method is private there, so it is taken out behind the compiler's back.
Object.defineProperty(FolderStore.prototype, 'checkOrCreateDirectory', { value: () => undefined });

const changed = (path: string): Promise<number> =>
  stat(path).then(
    (file) => file.mtimeMs,
    () => 0,
  );
