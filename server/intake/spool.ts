/**
 * The spool: what a parser process hands over, one record a row, on disk and not in memory. Layout: magic, then records
 * of two uint32 LE (bytes of JSON, bytes of WKB or 0xFFFFFFFF for none) and those bytes; the first record lists the
 * source files, a last one of JSON `{"rows":n}` proves that it is whole.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AttributeValue, ShapeFault, SpoolRow } from './source-types.ts';

const magic = Buffer.from('ZBSPOOL1', 'latin1');
const none = 0xffffffff;
const flushBytes = 1024 * 1024;

interface RowHead {
  r: number;
  f: number;
  a: Record<string, AttributeValue>;
  e?: ShapeFault[];
}

/** Writes a spool, synchronously (it is used in the parser's process). */
export class SpoolWriter {
  readonly #fd: number;
  readonly #files: Map<string, number>;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #rows = 0;

  constructor(path: string, sourceFiles: string[]) {
    this.#fd = openSync(path, 'wx', 0o600);
    this.#files = new Map(sourceFiles.map((name, i) => [name, i]));
    this.#push(magic);
    this.#record(JSON.stringify({ files: sourceFiles }), null);
  }

  write(row: SpoolRow): void {
    const head: RowHead = { r: row.row, f: this.#files.get(row.source_file) ?? 0, a: row.attributes };
    if (row.faults.length > 0) head.e = row.faults;
    this.#record(JSON.stringify(head), row.wkb);
    this.#rows++;
  }

  /** Ends the spool; the number of rows written. */
  close(): number {
    this.#record(JSON.stringify({ rows: this.#rows }), null);
    this.#flush();
    closeSync(this.#fd);
    return this.#rows;
  }

  #record(json: string, wkb: Buffer | null): void {
    const text = Buffer.from(json, 'utf8');
    const lengths = Buffer.allocUnsafe(8);
    lengths.writeUInt32LE(text.length, 0);
    lengths.writeUInt32LE(wkb ? wkb.length : none, 4);
    this.#push(lengths);
    this.#push(text);
    if (wkb) this.#push(wkb);
  }

  #push(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= flushBytes) this.#flush();
  }

  #flush(): void {
    const all = Buffer.concat(this.#pending, this.#pendingBytes);
    for (let done = 0; done < all.length; ) done += writeSync(this.#fd, all, done);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** Rows of a spool in file order, one at a time; memory is bounded by the largest row. The caller deletes the file. */
export async function* readSpool(path: string): AsyncGenerator<SpoolRow, void, undefined> {
  const file = await open(path, 'r');
  try {
    const source = new HandleReader(file);
    if (!(await source.take(magic.length)).equals(magic)) throw new Error(`not a spool: ${path}`);
    const { files } = JSON.parse((await source.record()).json) as { files: string[] };
    for (let rows = 0; ; rows++) {
      const { json, wkb } = await source.record();
      const head = JSON.parse(json) as RowHead | { rows: number };
      if ('rows' in head) {
        if (head.rows !== rows) throw new Error(`spool ${path} has ${rows} rows, ${head.rows} were written`);
        return;
      }
      yield { row: head.r, source_file: files[head.f]!, attributes: head.a, wkb, faults: head.e ?? [] };
    }
  } finally {
    await file.close();
  }
}

class HandleReader {
  readonly #file: FileHandle;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async record(): Promise<{ json: string; wkb: Buffer | null }> {
    const lengths = await this.take(8);
    const jsonBytes = lengths.readUInt32LE(0);
    const wkbBytes = lengths.readUInt32LE(4);
    const json = (await this.take(jsonBytes)).toString('utf8');
    // a copy, because the row outlives this buffer
    const wkb = wkbBytes === none ? null : Buffer.from(await this.take(wkbBytes));
    return { json, wkb };
  }

  async take(length: number): Promise<Buffer> {
    if (this.#buffer.length - this.#at < length) {
      const rest = this.#buffer.subarray(this.#at);
      const next = Buffer.allocUnsafe(Math.max(flushBytes, length));
      rest.copy(next);
      let filled = rest.length;
      while (filled < length) {
        const { bytesRead } = await this.#file.read(next, filled, next.length - filled);
        if (bytesRead === 0) throw new Error('spool ends in the middle of a record');
        filled += bytesRead;
      }
      this.#buffer = next.subarray(0, filled);
      this.#at = 0;
    }
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
}
