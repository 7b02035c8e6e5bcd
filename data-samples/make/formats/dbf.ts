/** Writes a dBASE III table: text in the encoding asked for, numbers right-aligned, dates YYYYMMDD, null as blanks. */
import iconv from 'iconv-lite';

export interface Column {
  name: string;
  kind: 'C' | 'N' | 'D';
  /** in bytes */
  width: number;
  decimals?: number;
}

export interface TextEncoding {
  name: 'gbk' | 'utf-8';
  /** language driver id of the header: 0x4D says code page 936, 0 says nothing */
  ldid: number;
}

/** Throws where a value does not fit its column: a sample must not be cut in silence. */
export function dbf(
  columns: readonly Column[],
  rows: readonly (string | number | null)[][],
  encoding: TextEncoding,
): Buffer {
  const header = Buffer.alloc(32 + 32 * columns.length + 1);
  const rowLength = 1 + columns.reduce((sum, c) => sum + c.width, 0);
  header[0] = 3;
  header.set([124, 1, 1], 1); // 2024-01-01: the date must not change from run to run
  header.writeUInt32LE(rows.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(rowLength, 10);
  header[29] = encoding.ldid;
  columns.forEach((column, n) => {
    const at = 32 + 32 * n;
    iconv.encode(column.name, encoding.name).copy(header, at, 0, 10);
    header.write(column.kind, at + 11, 'latin1');
    header[at + 16] = column.width;
    header[at + 17] = column.decimals ?? 0;
  });
  header[header.length - 1] = 0x0d;
  const body = Buffer.alloc(rowLength * rows.length + 1, 0x20);
  rows.forEach((row, r) => {
    let at = r * rowLength + 1;
    columns.forEach((column, n) => {
      const value = row[n] ?? null;
      const text =
        value === null ? '' : column.kind === 'N' ? Number(value).toFixed(column.decimals ?? 0) : String(value);
      const bytes = iconv.encode(text, encoding.name);
      if (bytes.length > column.width)
        throw new Error(`${column.name}: "${text}" is longer than ${column.width} bytes`);
      bytes.copy(body, column.kind === 'N' ? at + column.width - bytes.length : at);
      at += column.width;
    });
  });
  body[body.length - 1] = 0x1a;
  return Buffer.concat([header, body]);
}
