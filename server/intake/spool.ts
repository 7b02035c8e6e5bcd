/**
 * The spool: what a parser process hands over, one record a row, on disk and not in memory. Layout: magic, then records
 * of two uint32 LE (bytes of JSON, bytes of WKB or 0xFFFFFFFF for none) and those bytes; the first record lists the
 * source files, a last one of JSON `{"rows":n}` proves that it is whole.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { AttributeValue, ShapeFault, SpoolRow } from './source-types.ts';

const magic = Buffer.from('ZBSPOOL1', 'latin1');
const none = 0xffffffff;
const flushBytes = 1024 * 1024;
/** ms between looks at a spool that is being written */
const writingMs = 10;

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

/**
 * Rows of a spool in file order, one at a time; memory is bounded by the largest row and a megabyte, of which the rows' bytes are views.
 * The caller deletes the file. `ended`: it is still being written until this says so.
 */
export async function* readSpool(
  path: string,
  ended: () => boolean = () => true,
): AsyncGenerator<SpoolRow, void, undefined> {
  const file = await open(path, 'r');
  try {
    const source = new RecordReader(file, ended);
    if (!(await source.begins())) throw new Error(`not a spool: ${path}`);
    const { files } = JSON.parse((await source.record()).json) as { files: string[] };
    for (let rows = 0; ; rows++) {
      // most are here already, and a promise for each of them costs more than to parse it
      const { json, wkb } = source.recordHere() ?? (await source.record());
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

interface SpoolRecord {
  json: string;
  wkb: Buffer | null;
}

class RecordReader {
  readonly #file: FileHandle;
  readonly #ended: () => boolean;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: FileHandle, ended: () => boolean) {
    this.#file = file;
    this.#ended = ended;
  }

  async begins(): Promise<boolean> {
    await this.#need(magic.length);
    this.#at += magic.length;
    return this.#buffer.subarray(0, magic.length).equals(magic);
  }

  async record(): Promise<SpoolRecord> {
    await this.#need(8);
    const wkbBytes = this.#buffer.readUInt32LE(this.#at + 4);
    await this.#need(8 + this.#buffer.readUInt32LE(this.#at) + (wkbBytes === none ? 0 : wkbBytes));
    return this.recordHere()!;
  }

  /** undefined: not all of it has been read from the file */
  recordHere(): SpoolRecord | undefined {
    const here = this.#buffer.length - this.#at;
    if (here < 8) return undefined;
    const jsonBytes = this.#buffer.readUInt32LE(this.#at);
    const wkbBytes = this.#buffer.readUInt32LE(this.#at + 4);
    const json = this.#at + 8;
    const wkb = json + jsonBytes;
    const end = wkb + (wkbBytes === none ? 0 : wkbBytes);
    if (end > this.#buffer.length) return undefined;
    this.#at = end;
    return {
      json: this.#buffer.toString('utf8', json, wkb),
      wkb: wkbBytes === none ? null : this.#buffer.subarray(wkb, end),
    };
  }

  /** Into a new buffer: rows given out are views of the old one. */
  async #need(length: number): Promise<void> {
    const rest = this.#buffer.subarray(this.#at);
    if (rest.length >= length) return;
    const next = Buffer.allocUnsafeSlow(Math.max(flushBytes, length));
    rest.copy(next);
    let filled = rest.length;
    while (filled < length) {
      // asked before reading: what was written last is there then
      const over = this.#ended();
      const { bytesRead } = await this.#file.read(next, filled, next.length - filled);
      if (bytesRead === 0 && over) throw new Error('spool ends in the middle of a record');
      if (bytesRead === 0) await pause(writingMs);
      filled += bytesRead;
    }
    this.#buffer = next.subarray(0, filled);
    this.#at = 0;
  }
}
