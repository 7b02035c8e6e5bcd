/** A file written once from front to back, its header put right at the end. */
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../errors.ts';

/** GDAL and ArcGIS count offsets in signed 32 bits. */
export const shapefileLimit = 2 ** 31 - 1;

export class FileOut {
  readonly #file: FileHandle;
  readonly #limit: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** bytes so far */
  size = 0;

  private constructor(file: FileHandle, limit: number) {
    this.#file = file;
    this.#limit = limit;
  }

  static async create(path: string, limit: number = shapefileLimit): Promise<FileOut> {
    return new FileOut(await open(path, 'w'), limit);
  }

  /** `too-large` where the file would pass its limit. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.size + bytes.length > this.#limit) throw tooLarge();
    this.size += bytes.length;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= 1_048_576) await this.#flush();
  }

  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await this.#flush();
    await this.#file.write(bytes, 0, bytes.length, position);
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const block = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#file.appendFile(block);
  }
}

export function tooLarge(): AppError {
  return new AppError('too-large', {
    zh: 'shapefile 的每个文件最大 2 GB，本次导出超过了：请只导出有问题的地块（only=flagged），或改用 geojson',
    en: 'A file of a shapefile holds at most 2 GB and this export passes it: export flagged parcels only (only=flagged), or geojson',
  });
}
