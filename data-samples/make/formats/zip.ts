/**
 * Zips files without compressing them: deflate gives other bytes on other processors (zlib picks its hash by CPU),
 * and the samples must come out the same everywhere.
 */
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export async function zip(files: readonly (readonly [name: string, bytes: Buffer])[]): Promise<Buffer> {
  const archive = new ZipFile();
  // the time is written in local time, hence the local constructor
  const mtime = new Date(2024, 0, 1, 0, 0, 0);
  for (const [name, bytes] of files) {
    archive.addBuffer(bytes, name, { mtime, mode: 0o100644, compress: false, forceDosTimestamp: true });
  }
  archive.end();
  return buffer(archive.outputStream);
}
