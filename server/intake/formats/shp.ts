/**
 * The geometry file of a shapefile, read strictly (THREATS T9; ESRI Shapefile Technical Description, 1998): header,
 * record chain and .shx must agree, counts are bounded by the record they stand in. A file that lies is refused: a
 * parcel left out without a word would be a parcel never checked.
 */
import { AppError } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';
import type { Ring } from '../rings.ts';

const fileCode = 9994;
/** polygon, polygon with Z, polygon with M */
const polygonTypes = new Set([5, 15, 25]);
const typeNames: Record<number, { zh: string; en: string }> = {
  1: { zh: '点', en: 'points' },
  3: { zh: '线', en: 'lines' },
  8: { zh: '多点', en: 'multipoints' },
  11: { zh: '点', en: 'points' },
  13: { zh: '线', en: 'lines' },
  18: { zh: '多点', en: 'multipoints' },
  21: { zh: '点', en: 'points' },
  23: { zh: '线', en: 'lines' },
  28: { zh: '多点', en: 'multipoints' },
  31: { zh: '多面体', en: 'multipatches' },
};

export interface Shape {
  /** 1-based place in the file */
  row: number;
  /** parts as they stand; empty for a null or empty shape */
  rings: Ring[];
}

export class ShpFile {
  readonly file: string;
  readonly size: number;
  readonly #window: FileWindow;
  readonly #type: number;
  readonly #maxVertices: number;

  /** Throws shapefile-encrypted, shapefile-corrupt, geometry-type. */
  constructor(path: string, file: string, maxVertices: number) {
    this.file = file;
    this.#maxVertices = maxVertices;
    this.#window = new FileWindow(path);
    this.size = this.#window.size;
    const head = this.#window.read(0, 100);
    if (head.length >= 4 && head.readInt32BE(0) !== fileCode) {
      throw new AppError(
        'shapefile-encrypted',
        {
          zh: `${file} 不是标准 shapefile（文件代码不是 9994），多半经过加密软件处理。请在解密环境中重新导出后再上传。`,
          en: `${file} is no standard shapefile (its file code is not 9994), most likely encrypted by security software. Export it again where it is decrypted.`,
        },
        { file },
      );
    }
    if (head.length < 100) throw this.#corrupt('文件不完整', 'the file is cut short');
    const stated = head.readInt32BE(24) * 2;
    if (stated !== this.size) {
      throw this.#corrupt(
        `文件头写明 ${stated} 字节，实际 ${this.size} 字节`,
        `its header states ${stated} bytes, it has ${this.size}`,
      );
    }
    if (head.readInt32LE(28) !== 1000) throw this.#corrupt('版本号不是 1000', 'its version is not 1000');
    this.#type = head.readInt32LE(32);
    if (this.#type !== 0 && !polygonTypes.has(this.#type)) {
      const found = typeNames[this.#type] ?? { zh: `未知类型 ${this.#type}`, en: `unknown type ${this.#type}` };
      throw new AppError(
        'geometry-type',
        {
          zh: `${file} 存的是${found.zh}，需要面（多边形）图层。`,
          en: `${file} holds ${found.en}; a polygon layer is needed.`,
        },
        { file },
      );
    }
  }

  /** Records in file order. Throws shapefile-corrupt (row named), too-large. */
  *shapes(): Generator<Shape, void, undefined> {
    let zeroBased = false;
    let row = 1;
    for (let at = 100; at < this.size; row++) {
      const { number, contentBytes } = this.#recordHead(at, row);
      // some writers count from 0; anything else is a chain that lost or doubled a record
      if (row === 1) zeroBased = number === 0;
      if (number !== row - (zeroBased ? 1 : 0))
        throw this.#corrupt(`记录编号 ${number} 与次序不符`, `its record number is ${number}`, row);
      yield { row, rings: this.#rings(at + 8, contentBytes, row) };
      at += 8 + contentBytes;
    }
  }

  /** Throws where the .shx does not list exactly the records that are there (records counted by `shapes`). */
  checkIndex(path: string, indexFile: string): void {
    const index = new FileWindow(path);
    try {
      const head = index.read(0, 100);
      if (
        head.length < 100 ||
        head.readInt32BE(0) !== fileCode ||
        head.readInt32BE(24) * 2 !== index.size ||
        (index.size - 100) % 8 !== 0
      ) {
        throw this.#corrupt(`索引 ${indexFile} 的文件头无效`, `the header of its index ${indexFile} is invalid`);
      }
      let row = 1;
      for (let at = 100; at < this.size; row++) {
        const { contentBytes } = this.#recordHead(at, row);
        const entry = index.read(100 + (row - 1) * 8, 8);
        if (entry.length < 8 || entry.readInt32BE(0) * 2 !== at || entry.readInt32BE(4) * 2 !== contentBytes) {
          throw this.#corrupt(`索引 ${indexFile} 与图形不一致`, `its index ${indexFile} disagrees`, row);
        }
        at += 8 + contentBytes;
      }
      const listed = (index.size - 100) / 8;
      if (listed !== row - 1)
        throw this.#corrupt(
          `索引 ${indexFile} 列有 ${listed} 条，图形有 ${row - 1} 条`,
          `its index ${indexFile} lists ${listed} records, there are ${row - 1}`,
        );
    } finally {
      index.close();
    }
  }

  close(): void {
    this.#window.close();
  }

  #recordHead(at: number, row: number): { number: number; contentBytes: number } {
    const head = this.#window.read(at, 8);
    if (head.length < 8) throw this.#corrupt('文件在记录中间结束', 'the file ends within a record', row);
    const contentBytes = head.readInt32BE(4) * 2;
    if (contentBytes < 4 || at + 8 + contentBytes > this.size)
      throw this.#corrupt('记录长度超出文件', 'a record reaches past the end of the file', row);
    return { number: head.readInt32BE(0), contentBytes };
  }

  #rings(at: number, bytes: number, row: number): Ring[] {
    // counts first: nothing is read into memory by a length that has not been checked
    const head = this.#window.read(at, Math.min(bytes, 44));
    const type = head.readInt32LE(0);
    if (type === 0) return [];
    if (type !== this.#type) {
      throw this.#corrupt(
        `图形类型 ${type} 与文件类型 ${this.#type} 不同`,
        `its shape type ${type} is not the file's ${this.#type}`,
        row,
      );
    }
    if (head.length < 44) throw this.#corrupt('记录过短', 'its record is too short', row);
    const parts = head.readInt32LE(36);
    const points = head.readInt32LE(40);
    if (parts < 0 || points < 0 || parts > points || !this.#lengthFits(bytes, parts, points)) {
      throw this.#corrupt(
        `点数 ${points}、环数 ${parts} 与记录长度不符`,
        `its counts (${points} points, ${parts} parts) do not fit its length`,
        row,
      );
    }
    if (points > this.#maxVertices) throw this.#tooManyVertices(points, row);
    if (parts === 0 && points > 0) throw this.#corrupt('有点而无环', 'it has points but no part', row);
    const content = this.#window.read(at, bytes);
    const coordinates = new Float64Array(points * 2);
    const from = 44 + 4 * parts;
    content.copy(Buffer.from(coordinates.buffer), 0, from, from + 16 * points);
    const rings: Ring[] = [];
    for (let p = 0; p < parts; p++) {
      const start = content.readInt32LE(44 + 4 * p);
      const end = p + 1 < parts ? content.readInt32LE(44 + 4 * (p + 1)) : points;
      if (start < 0 || end < start || end > points || (p === 0 && start !== 0))
        throw this.#corrupt('环的起点序号无效', 'its parts are out of order or out of range', row);
      if (end > start) rings.push(coordinates.subarray(start * 2, end * 2));
    }
    return rings;
  }

  #tooManyVertices(points: number, row: number): AppError {
    return new AppError(
      'too-large',
      {
        zh: `${this.file} 第 ${row} 行有 ${points} 个顶点，超过上限 ${this.#maxVertices}。请拆分该图斑后再上传。`,
        en: `Row ${row} of ${this.file} has ${points} vertices, more than ${this.#maxVertices}. Split it.`,
      },
      { file: this.file, row },
    );
  }

  /** Z adds a range and a value a point, M the same and is optional (Technical Description, tables 8, 12, 15). */
  #lengthFits(bytes: number, parts: number, points: number): boolean {
    const xy = 44 + 4 * parts + 16 * points;
    const extra = 16 + 8 * points;
    if (this.#type === 5) return bytes === xy;
    if (this.#type === 25) return bytes === xy || bytes === xy + extra;
    return bytes === xy + extra || bytes === xy + 2 * extra;
  }

  #corrupt(zh: string, en: string, row?: number): AppError {
    const at = row === undefined ? { zh: '', en: '' } : { zh: `第 ${row} 行`, en: `row ${row}: ` };
    return new AppError(
      'shapefile-corrupt',
      {
        zh: `${this.file} 已损坏：${at.zh}${zh}。请在原软件中重新导出后上传。`,
        en: `${this.file} is damaged: ${at.en}${en}. Export it again from the program it comes from.`,
      },
      row === undefined ? { file: this.file } : { file: this.file, row },
    );
  }
}
