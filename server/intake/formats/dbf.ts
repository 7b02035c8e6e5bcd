/**
 * dBase tables as shapefiles carry them, read strictly: kept libraries ignore the deletion flag, give text as strings in
 * an encoding of their guess and parse 18-digit identifiers into doubles, so the reader is our own (docs/dependencies.md).
 * Here are bytes and rows; what a value means is in dbf-values.ts.
 */
import { AppError } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';

export interface DbfColumn {
  /** name bytes up to the first NUL, undecoded */
  rawName: Buffer;
  /** C, N, F, D, L, M, I, O, B, …; upper case */
  type: string;
  /** bytes in a row */
  width: number;
  decimals: number;
  /** first byte in a row, the deletion flag being byte 0 */
  offset: number;
}

const deletedFlag = 0x2a;

export class DbfTable {
  readonly file: string;
  readonly columns: DbfColumn[];
  /** rows the header states, deleted ones included */
  readonly rowCount: number;
  /** language driver: byte 29 */
  readonly ldid: number;
  readonly #window: FileWindow;
  readonly #headerBytes: number;
  readonly #rowBytes: number;

  /** Throws shapefile-corrupt for a broken header, dbf-mismatch where rows and file size disagree. */
  constructor(path: string, file: string) {
    this.file = file;
    this.#window = new FileWindow(path);
    const size = this.#window.size;
    const head = this.#window.read(0, 32);
    if (head.length < 32) throw corrupt(file, '文件不完整', 'the file is cut short');
    this.rowCount = head.readUInt32LE(4);
    this.#headerBytes = head.readUInt16LE(8);
    this.#rowBytes = head.readUInt16LE(10);
    this.ldid = head[29]!;
    if (this.#headerBytes < 33 || this.#rowBytes < 1 || this.#headerBytes > size)
      throw corrupt(file, '文件头无效', 'its header is invalid');
    this.columns = readColumns(this.#window.read(0, this.#headerBytes), file);
    const widths = this.columns.reduce((sum, c) => sum + c.width, 1);
    if (widths !== this.#rowBytes) {
      throw corrupt(
        file,
        `字段宽度之和 ${widths} 与记录长度 ${this.#rowBytes} 不符`,
        `its fields add up to ${widths} bytes, a row has ${this.#rowBytes}`,
      );
    }
    const rest = size - this.#headerBytes - this.rowCount * this.#rowBytes;
    if (rest < 0) {
      const held = Math.floor((size - this.#headerBytes) / this.#rowBytes);
      throw mismatch(
        file,
        `声明 ${this.rowCount} 条记录，实际只有 ${held} 条`,
        `states ${this.rowCount} rows but holds ${held}`,
      );
    }
    // an end mark 0x1A and padding may follow the last row, never data
    if (rest > 0 && !this.#isPadding(size - rest, rest)) {
      throw mismatch(
        file,
        `声明 ${this.rowCount} 条记录，其后还有 ${rest} 字节数据`,
        `states ${this.rowCount} rows, after which ${rest} bytes of data follow`,
      );
    }
  }

  #isPadding(from: number, length: number): boolean {
    const rest = this.#window.read(from, Math.min(length, 65_536));
    const ended = rest[0] === 0x1a && length < this.#rowBytes;
    return ended || rest.every((byte) => byte === 0x1a || byte === 0);
  }

  /** Bytes of row `index` (0-based), valid until the next call; null where it is marked deleted. */
  row(index: number): Buffer | null {
    const bytes = this.#window.read(this.#headerBytes + index * this.#rowBytes, this.#rowBytes);
    return bytes[0] === deletedFlag ? null : bytes;
  }

  close(): void {
    this.#window.close();
  }
}

function readColumns(head: Buffer, file: string): DbfColumn[] {
  const columns: DbfColumn[] = [];
  let offset = 1;
  for (let at = 32; ; at += 32) {
    if (head[at] === 0x0d) return columns;
    if (at + 32 > head.length) throw corrupt(file, '字段表没有结束标志', 'its list of fields has no end');
    const name = head.subarray(at, at + 11);
    const end = name.indexOf(0);
    const type = String.fromCharCode(head[at + 11]!).toUpperCase();
    const decimals = head[at + 17]!;
    // Clipper and FoxPro widen text past 255 bytes by counting the decimals byte as the high one
    const width = head[at + 16]! + (type === 'C' ? decimals * 256 : 0);
    columns.push({
      rawName: Buffer.from(end < 0 ? name : name.subarray(0, end)),
      type,
      width,
      decimals: type === 'C' ? 0 : decimals,
      offset,
    });
    offset += width;
  }
}

function corrupt(file: string, zh: string, en: string): AppError {
  return new AppError(
    'shapefile-corrupt',
    { zh: `${file} 已损坏：${zh}。请重新导出。`, en: `${file} is damaged: ${en}. Export it again.` },
    { file },
  );
}

function mismatch(file: string, zh: string, en: string): AppError {
  return new AppError(
    'dbf-mismatch',
    { zh: `${file} ${zh}：文件可能不完整，请重新导出。`, en: `${file} ${en}: it may be damaged, export it again.` },
    { file },
  );
}
