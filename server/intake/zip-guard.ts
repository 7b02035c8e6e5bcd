/**
 * Archives, opened with suspicion (THREATS T1–T5). yauzl reads the directory; what it does not check is checked here:
 * overlapping entries, links, path tricks, nested archives, how large an entry really is while it inflates, its CRC.
 * Nothing is ever written under an entry's name.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { IntakeLimits } from '../domain/limits.ts';
import { AppError, type ProblemCode, type Sentence } from '../errors.ts';
import { bytesAt } from './file-window.ts';
import { printable } from './printable.ts';
import { entryName } from './zip-names.ts';

export interface ZipEntry {
  /** decoded path with forward slashes, only ever shown and compared */
  name: string;
  /** stated, not yet believed */
  bytes: number;
  entry: Entry;
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);
/** head of an entry of the directory (APPNOTE 4.3.12) */
const entryMark = Buffer.from('PK\x01\x02');
const nested = /\.(zip|rar|7z|tar|tgz|gz|bz2|xz)$/i;
/** what operating systems add of their own accord */
const litter = /(^|\/)(__MACOSX(\/|$)|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

export class GuardedZip {
  readonly file: string;
  /** files only, without folders and what macOS and Windows add */
  readonly entries: ZipEntry[] = [];
  readonly #zip: ZipFile;
  readonly #limits: IntakeLimits;
  #inflated = 0;

  private constructor(zip: ZipFile, file: string, limits: IntakeLimits) {
    this.#zip = zip;
    this.file = file;
    this.#limits = limits;
  }

  /** Throws not-a-zip, zip-unsafe, zip-encrypted, too-large, format-unsupported (split archives). */
  static async open(path: string, file: string, limits: IntakeLimits): Promise<GuardedZip> {
    let zip: ZipFile;
    try {
      zip = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
    } catch (error) {
      throw openingFault(error, file);
    }
    const guarded = new GuardedZip(zip, file, limits);
    try {
      await guarded.#readDirectory(path);
    } catch (error) {
      zip.close();
      throw error;
    }
    return guarded;
  }

  close(): void {
    this.#zip.close();
  }

  async #readDirectory(path: string): Promise<void> {
    if (this.#zip.entryCount > this.#limits.entries) {
      throw this.#unsafe(
        `内有 ${this.#zip.entryCount} 个文件，超过 ${this.#limits.entries} 个`,
        `it holds ${this.#zip.entryCount} files, more than ${this.#limits.entries}`,
      );
    }
    // the types call this a boolean; it is the offset of the next directory record
    const directoryStart = Number(this.#zip.readEntryCursor);
    const all: Entry[] = [];
    try {
      for await (const entry of this.#zip.eachEntry()) all.push(entry);
    } catch (error) {
      throw openingFault(error, this.file);
    }
    // an entry that is listed but not counted would be a .prj or a layer passed over without a word
    if (bytesAt(path, Number(this.#zip.readEntryCursor), 4).equals(entryMark))
      throw openingFault(new Error(`more than the ${all.length} entries it counts`), this.file);
    let stated = 0;
    for (const entry of all) {
      const name = this.#checkName(entry);
      stated += entry.uncompressedSize;
      if (name.endsWith('/') || litter.test(name)) continue;
      this.#checkKind(entry, name);
      this.entries.push({ name, bytes: entry.uncompressedSize, entry });
    }
    if (stated > this.#limits.archiveBytes)
      throw this.#tooLarge(`解压后共 ${mb(stated)} MB`, `unpacked it has ${mb(stated)} MB`, this.#limits.archiveBytes);
    await this.#checkOverlap(all, directoryStart);
  }

  #checkName(entry: Entry): string {
    const name = entryName(entry);
    const shown = printable(name);
    if (/\p{Cc}/u.test(name))
      throw this.#unsafe(`文件名含控制字符：${shown}`, `a file name has control characters: ${shown}`);
    if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..')) {
      throw this.#unsafe(`文件名指向压缩包之外：${shown}`, `a file name points outside the archive: ${shown}`);
    }
    return name;
  }

  #checkKind(entry: Entry, name: string): void {
    const shown = printable(name);
    const unixMode = entry.versionMadeBy >>> 8 === 3 ? (entry.externalFileAttributes >>> 16) & 0o170000 : 0;
    if (unixMode !== 0 && unixMode !== 0o100000)
      throw this.#unsafe(`${shown} 是链接或设备文件`, `${shown} is a link or a device`);
    if (nested.test(name))
      throw this.#unsafe(
        `压缩包里还有压缩包 ${shown}，请取出后上传`,
        `it holds another archive, ${shown}; take it out`,
      );
    if (entry.isEncrypted() || entry.compressionMethod === 99) throw encrypted(this.file);
    const { ratio, ratioFromBytes } = this.#limits;
    if (entry.uncompressedSize > ratioFromBytes && entry.uncompressedSize > ratio * entry.compressedSize)
      throw this.#bomb(shown);
  }

  /** Entries share no byte with one another or with the directory; bombs without nesting are made of such shares. */
  async #checkOverlap(entries: Entry[], directoryStart: number): Promise<void> {
    const ranges: [from: number, to: number][] = [];
    for (const entry of entries) {
      let start: number;
      try {
        start = (await this.#zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
      } catch (error) {
        throw openingFault(error, this.file);
      }
      ranges.push([entry.relativeOffsetOfLocalHeader, start + entry.compressedSize]);
    }
    ranges.sort((a, b) => a[0] - b[0]);
    ranges.push([directoryStart, directoryStart]);
    for (let i = 1; i < ranges.length; i++) {
      if (ranges[i - 1]![1] > ranges[i]![0]) throw this.#unsafe('内部文件互相重叠', 'its entries overlap');
    }
  }

  /**
   * Inflate one entry into a new file at `path`; its real size. `progress` gets bytes written.
   * Throws too-large, zip-unsafe (lying sizes, bombs), shapefile-corrupt (CRC, broken data), format-unsupported.
   */
  async extract({ entry, name }: ZipEntry, path: string, progress: (bytes: number) => void): Promise<number> {
    const shown = printable(name);
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      throw unsupportedMethod(this.file, shown, entry.compressionMethod);
    const { entryBytes, archiveBytes, ratio, ratioFromBytes } = this.#limits;
    const out = openSync(path, 'wx', 0o600);
    let bytes = 0;
    let crc = 0;
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#inflated += chunk.length;
        if (bytes > entryBytes)
          throw this.#tooLarge(
            `${shown} 超过 ${mb(entryBytes)} MB`,
            `${shown} has more than ${mb(entryBytes)} MB`,
            entryBytes,
            shown,
          );
        if (this.#inflated > archiveBytes)
          throw this.#tooLarge(
            `解压后超过 ${mb(archiveBytes)} MB`,
            `unpacked it has more than ${mb(archiveBytes)} MB`,
            archiveBytes,
          );
        if (bytes > ratioFromBytes && bytes > ratio * entry.compressedSize) throw this.#bomb(shown);
        if (bytes > entry.uncompressedSize) throw this.#lying(shown);
        crc = crc32(chunk, crc);
        for (let done = 0; done < chunk.length; ) done += writeSync(out, chunk, done);
        progress(bytes);
      }
    } catch (error) {
      if (error instanceof AppError || isSystemFault(error)) throw error;
      throw this.#broken(shown, error);
    } finally {
      closeSync(out);
    }
    if (bytes !== entry.uncompressedSize) throw this.#lying(shown);
    if (crc !== entry.crc32) throw this.#broken(shown);
    return bytes;
  }

  /** The first bytes of an entry, for a look at what it is: empty where it cannot be inflated, which is told where it is read. */
  async head({ entry }: ZipEntry, most: number): Promise<Buffer> {
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) return Buffer.alloc(0);
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= most) break;
      }
    } catch (error) {
      if (isSystemFault(error)) throw error;
    }
    return Buffer.concat(chunks).subarray(0, most);
  }

  #unsafe(zh: string, en: string): AppError {
    return problem('zip-unsafe', this.file, {
      zh: `压缩包 ${this.file} 不安全：${zh}。请只把一个图层的 .shp、.shx、.dbf、.prj、.cpg 重新打成 zip。`,
      en: `The archive ${this.file} is unsafe: ${en}. Zip only the .shp, .shx, .dbf, .prj and .cpg of one layer again.`,
    });
  }
  #bomb(shown: string): AppError {
    return this.#unsafe(
      `${shown} 的压缩比超过 ${this.#limits.ratio}:1`,
      `${shown} is compressed more than ${this.#limits.ratio}:1`,
    );
  }
  #lying(shown: string): AppError {
    return this.#unsafe(
      `${shown} 的实际大小与目录所写不符`,
      `the real size of ${shown} is not what the directory says`,
    );
  }
  #tooLarge(zh: string, en: string, limit: number, entry?: string): AppError {
    return problem('too-large', entry ?? this.file, {
      zh: `${zh}，上限为 ${mb(limit)} MB。请按乡镇或项目拆分后分批上传。`,
      en: `${en}; the limit is ${mb(limit)} MB. Split it by township or project.`,
    });
  }
  #broken(shown: string, cause?: unknown): AppError {
    return problem(
      'shapefile-corrupt',
      shown,
      {
        zh: `压缩包内的 ${shown} 已损坏（校验不符），请重新打包或重新传输。`,
        en: `${shown} in the archive is damaged (checksum or data). Zip or transfer it again.`,
      },
      cause,
    );
  }
}

function problem(code: ProblemCode, file: string, detail: Sentence, cause?: unknown): AppError {
  return new AppError(code, detail, { file }, cause === undefined ? undefined : { cause });
}

/** ENOSPC, EIO …: our machine's trouble, not the file's. zlib's errors carry codes too, but not these. */
export function isSystemFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function encrypted(file: string): AppError {
  return problem('zip-encrypted', file, {
    zh: `压缩包 ${file} 设有密码。请去掉密码重新打包后上传。`,
    en: `The archive ${file} is protected by a password. Zip it again without one.`,
  });
}

function openingFault(error: unknown, file: string): unknown {
  if (error instanceof AppError || isSystemFault(error)) return error;
  const said = error instanceof Error ? error.message : '';
  if (said.includes('multi-disk')) {
    return problem('format-unsupported', file, {
      zh: `${file} 是分卷压缩包的一卷。请打成单个 zip 后上传。`,
      en: `${file} is one volume of a split archive. Make it a single zip.`,
    });
  }
  if (said.includes('strong encryption')) return encrypted(file);
  return problem(
    'not-a-zip',
    file,
    {
      zh: `${file} 不是完整的 zip 压缩包，可能没有传完或已损坏。请重新打包后上传。`,
      en: `${file} is not a whole zip archive; it may be cut short or damaged. Zip it again.`,
    },
    error,
  );
}

const methods: Record<number, string> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'BZIP2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};
function unsupportedMethod(file: string, shown: string, method: number): AppError {
  const name = methods[method] ?? `method ${method}`;
  return problem('format-unsupported', file, {
    zh: `压缩包内的 ${shown} 用了 ${name} 压缩方式，无法读取。请用“zip 标准压缩（Deflate）”重新打包。`,
    en: `${shown} in the archive is compressed by ${name}. Zip it again with the standard method (Deflate).`,
  });
}
