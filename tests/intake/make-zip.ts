/** Zip archives made byte by byte after APPNOTE 6.3.10, so that each field can lie. Knows nothing of the reader under test. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string | Buffer;
  data: Buffer;
  /** 0 stored, 8 deflated; anything else is only stated */
  method?: number;
  flags?: number;
  crc?: number;
  statedBytes?: number;
  unixMode?: number;
  /** sizes after the data instead of before it */
  descriptor?: boolean;
  /** sizes and offset in the ZIP64 extra field */
  zip64?: boolean;
  /** shares the local header of the member at this index */
  sameAs?: number;
  /** bytes as they stand in the archive, already deflated */
  deflated?: Buffer;
}

export interface ZipOptions {
  disk?: number;
  statedEntries?: number;
  comment?: string;
  /** leave the end record out */
  withoutEnd?: boolean;
}

export function makeZip(members: ZipMember[], options: ZipOptions = {}): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  const push = (bytes: Buffer) => {
    chunks.push(bytes);
    at += bytes.length;
  };
  for (const member of members) {
    const method = member.method ?? 8;
    const name = Buffer.isBuffer(member.name) ? member.name : Buffer.from(member.name);
    const utf8 = !Buffer.isBuffer(member.name) && name.some((b) => b > 0x7f) ? 0x800 : 0;
    const flags = (member.flags ?? 0) | utf8 | (member.descriptor ? 8 : 0);
    const stored = member.deflated ?? (method === 8 ? deflateRawSync(member.data) : member.data);
    const crc = member.crc ?? crc32(member.data);
    const bytes = member.statedBytes ?? member.data.length;
    const offset = member.sameAs === undefined ? at : offsets[member.sameAs]!;
    offsets.push(offset);
    if (member.sameAs === undefined) {
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x04034b50, 0);
      head.writeUInt16LE(20, 4);
      head.writeUInt16LE(flags, 6);
      head.writeUInt16LE(method, 8);
      if (!member.descriptor) {
        head.writeUInt32LE(crc, 14);
        head.writeUInt32LE(stored.length, 18);
        head.writeUInt32LE(bytes, 22);
      }
      head.writeUInt16LE(name.length, 26);
      push(head);
      push(name);
      push(stored);
      if (member.descriptor) {
        const after = Buffer.alloc(16);
        after.writeUInt32LE(0x08074b50, 0);
        after.writeUInt32LE(crc, 4);
        after.writeUInt32LE(stored.length, 8);
        after.writeUInt32LE(bytes, 12);
        push(after);
      }
    }
    const extra = Buffer.alloc(member.zip64 ? 28 : 0);
    if (member.zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(bytes), 4);
      extra.writeBigUInt64LE(BigInt(stored.length), 12);
      extra.writeBigUInt64LE(BigInt(offset), 20);
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(member.unixMode === undefined ? 20 : (3 << 8) | 20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(member.zip64 ? 0xffffffff : stored.length, 20);
    entry.writeUInt32LE(member.zip64 ? 0xffffffff : bytes, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(((member.unixMode ?? 0) << 16) >>> 0, 38);
    entry.writeUInt32LE(member.zip64 ? 0xffffffff : offset, 42);
    directory.push(entry, name, extra);
  }
  const start = at;
  for (const part of directory) push(part);
  const size = at - start;
  const count = options.statedEntries ?? members.length;
  if (members.some((m) => m.zip64)) {
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeUInt16LE(45, 12);
    record.writeUInt16LE(45, 14);
    record.writeBigUInt64LE(BigInt(count), 24);
    record.writeBigUInt64LE(BigInt(count), 32);
    record.writeBigUInt64LE(BigInt(size), 40);
    record.writeBigUInt64LE(BigInt(start), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(at), 8);
    locator.writeUInt32LE(1, 16);
    push(record);
    push(locator);
  }
  if (!options.withoutEnd) {
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(options.disk ?? 0, 4);
    end.writeUInt16LE(Math.min(count, 0xffff), 8);
    end.writeUInt16LE(Math.min(count, 0xffff), 10);
    end.writeUInt32LE(size, 12);
    end.writeUInt32LE(start, 16);
    end.writeUInt16LE(Buffer.byteLength(options.comment ?? ''), 20);
    push(end);
    push(Buffer.from(options.comment ?? ''));
  }
  return Buffer.concat(chunks);
}
