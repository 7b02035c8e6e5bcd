/**
 * Uploads in the database, 1 MB a row (sql/migrations/0005_uploads.sql): servers that share nothing else go on with each other's.
 * An addition names the byte it begins at and finds no row where another server was quicker; no lock is needed between them.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { UploadStore } from './upload-store.ts';

const append = sqlFile('queries/upload-append');
const sweep = sqlFile('queries/upload-sweep');

export const partBytes = 1024 * 1024;

/** purpose of a file that came as a form: nobody may go on with it, and it is none of those a person has begun */
const offered = 'offered';
/** ms that a file is held for a job that is about to be known; the sweep spares what an unfinished job reads */
const heldMs = 3600 * 1000;

export class DatabaseStore extends DataStore implements UploadStore {
  readonly #db: Kysely<Schema>;
  readonly #keptMs: number;

  constructor(db: Kysely<Schema>, keptMs: number) {
    super();
    this.#db = db;
    this.#keptMs = keptMs;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override getExpiration(): number {
    return this.#keptMs;
  }

  override create(upload: Upload): Promise<Upload> {
    return this.#begin(upload, this.#keptMs);
  }

  async #begin(upload: Upload, keptMs: number): Promise<Upload> {
    const created = new Date(upload.creation_date ?? Date.now());
    await this.#db
      .insertInto('upload')
      .values({
        upload_id: upload.id,
        file_name: upload.metadata?.['filename'] ?? '',
        purpose: upload.metadata?.['purpose'] ?? '',
        length: upload.size ?? 0,
        created_at: created,
        expires_at: new Date(created.getTime() + keptMs),
      })
      .execute();
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await this.#db.selectFrom('upload').selectAll().where('upload_id', '=', id).executeTakeFirst();
    if (row === undefined) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({
      id,
      size: Number(row.length),
      offset: Number(row.received),
      metadata: { filename: row.file_name, ...(row.purpose === '' ? {} : { purpose: row.purpose }) },
      creation_date: row.created_at.toISOString(),
    });
  }

  /** Where the sender breaks off, what had come until then is kept. */
  override async write(source: AsyncIterable<Buffer> | Readable, id: string, offset: number): Promise<number> {
    let [at, waiting, bytes] = [offset, [] as Buffer[], 0];
    const keep = async () => {
      if (bytes === 0) return;
      const part = Buffer.concat(waiting, bytes);
      [waiting, bytes] = [[], 0];
      for (let from = 0; from < part.length; from += partBytes) {
        const stretch = part.subarray(from, from + partBytes);
        const added = await append.run(this.#db, { upload_id: id, position: at, bytes: stretch });
        if (added !== 1) throw ERRORS.INVALID_OFFSET;
        at += stretch.length;
      }
    };
    try {
      for await (const chunk of source) {
        waiting.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes >= partBytes) await keep();
      }
    } catch (error) {
      await keep().catch(() => undefined);
      throw error;
    }
    await keep();
    return at;
  }

  override async remove(id: string): Promise<void> {
    const gone = await this.#db.deleteFrom('upload').where('upload_id', '=', id).executeTakeFirst();
    if (gone.numDeletedRows === 0n) throw ERRORS.FILE_NOT_FOUND;
  }

  override async deleteExpired(): Promise<number> {
    return sweep.run(this.#db);
  }

  async copyTo(uploadId: string, path: string): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      for (let next = 0; ; ) {
        const part = await this.#db
          .selectFrom('upload_part')
          .select('bytes')
          .where('upload_id', '=', uploadId)
          .where('position', '=', String(next))
          .executeTakeFirst();
        if (part === undefined) return;
        for (let done = 0; done < part.bytes.length; )
          done += (await file.write(part.bytes, done, part.bytes.length - done)).bytesWritten;
        next += part.bytes.length;
      }
    } finally {
      await file.close();
    }
  }

  async name(uploadId: string, sha256: string): Promise<void> {
    await this.#db.updateTable('upload').set({ sha256 }).where('upload_id', '=', uploadId).execute();
    await this.#hold(sha256);
  }

  async nameOf(uploadId: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('upload')
      .select('sha256')
      .where('upload_id', '=', uploadId)
      .executeTakeFirst();
    return row?.sha256 ?? undefined;
  }

  async offer(file: { path: string; sha256: string; bytes: number; fileName: string }): Promise<void> {
    if (await this.#hold(file.sha256)) return;
    const id = randomBytes(16).toString('hex');
    const metadata = { filename: file.fileName, purpose: offered };
    await this.#begin(new Upload({ id, size: file.bytes, offset: 0, metadata }), heldMs);
    try {
      await this.write(createReadStream(file.path, { highWaterMark: partBytes }), id, 0);
      await this.name(id, file.sha256);
    } catch (error) {
      await this.remove(id).catch(() => undefined);
      throw error;
    }
  }

  async find(sha256: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('upload')
      .select('upload_id')
      .where('sha256', '=', sha256)
      .orderBy('expires_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.upload_id;
  }

  /** Keeps what has these bytes for an hour more, within which the job that reads it is known; false: nothing has. */
  async #hold(sha256: string): Promise<boolean> {
    const held = await this.#db
      .updateTable('upload')
      .set(({ fn, ref, val }) => ({
        expires_at: fn<Date>('greatest', [ref('expires_at'), val(new Date(Date.now() + heldMs))]),
      }))
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return held.numUpdatedRows > 0n;
  }

  async count(): Promise<number> {
    const { n } = await this.#db
      .selectFrom('upload')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .where('purpose', '<>', offered)
      .executeTakeFirstOrThrow();
    return Number(n);
  }
}
