/**
 * Reads a file by position through one buffer, synchronously: parsers run in a process of their own, where nothing else
 * waits, and a shapefile of 2 GB must not be held in memory.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const windowBytes = 1024 * 1024;

export class FileWindow {
  readonly size: number;
  readonly #fd: number;
  #buffer = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #length = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.size = fstatSync(this.#fd).size;
  }

  /** Bytes [position, position + length), fewer at the end of the file; valid until the next call. */
  read(position: number, length: number): Buffer {
    if (position < this.#start || position + length > this.#start + this.#length) this.#fill(position, length);
    const from = position - this.#start;
    return this.#buffer.subarray(from, Math.max(from, Math.min(from + length, this.#length)));
  }

  #fill(position: number, length: number): void {
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(Math.ceil(length / windowBytes) * windowBytes);
    this.#start = position;
    this.#length = 0;
    while (this.#length < this.#buffer.length) {
      const got = readSync(
        this.#fd,
        this.#buffer,
        this.#length,
        this.#buffer.length - this.#length,
        position + this.#length,
      );
      if (got === 0) break;
      this.#length += got;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Bytes [position, position + length) of a file, fewer at its end. */
export function bytesAt(path: string, position: number, length: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
  } finally {
    closeSync(fd);
  }
}
