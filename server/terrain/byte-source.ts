import { type FileHandle, open } from 'node:fs/promises';
import { rasterCorrupt } from './refusals.ts';

/** Bytes by position. `read` gives exactly `length` bytes or refuses: a short read must never become zeros. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer<ArrayBuffer>>;
  close(): Promise<void>;
}

export async function openByteSource(path: string): Promise<ByteSource> {
  const handle: FileHandle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      assertInside(offset, length, size);
      // its own ArrayBuffer (not Node's pool), so that a typed array may be laid over it from byte 0
      const bytes = Buffer.from(new ArrayBuffer(length));
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) throw truncated();
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** @throws AppError raster-corrupt where [offset, offset + length) is not wholly in a file of `size` bytes */
export function assertInside(offset: number, length: number, size: number): void {
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)) throw truncated();
  if (offset + length > size) throw truncated();
}

function truncated() {
  return rasterCorrupt(
    '文件内的位置指到了文件之外（文件被截断）',
    'a position points outside the file (it is cut short)',
  );
}
