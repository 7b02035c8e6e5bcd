/** .dbf, dBASE III: header, one fixed-length record a parcel. */
import type { VerdictRow } from '../../domain/verdict-feature.ts';
import { type DbfField, writeCell } from './field-plan.ts';
import type { FileOut } from './file-out.ts';
import type { TextEncoder } from './text-encoder.ts';

export class DbfWriter {
  readonly #file: FileOut;
  readonly #fields: readonly DbfField[];
  readonly #encoder: TextEncoder;
  readonly #day: Date;
  readonly #recordBytes: number;
  #records = 0;

  /** day: what the header gives as its last change; the run's, so that the same export gives the same bytes */
  constructor(file: FileOut, fields: readonly DbfField[], encoder: TextEncoder, day: Date) {
    this.#file = file;
    this.#fields = fields;
    this.#encoder = encoder;
    this.#day = day;
    this.#recordBytes = recordBytes(fields);
  }

  async begin(): Promise<void> {
    await this.#file.write(this.#header());
  }

  async add(row: VerdictRow): Promise<void> {
    this.#records++;
    const record = Buffer.alloc(this.#recordBytes, 0x20);
    let at = 1;
    for (const field of this.#fields) {
      writeCell(record, at, field, row, this.#encoder);
      at += field.width;
    }
    await this.#file.write(record);
  }

  async end(): Promise<void> {
    await this.#file.write(Buffer.from([0x1a]));
    await this.#file.patch(0, this.#header());
  }

  #header(): Buffer {
    const bytes = 33 + 32 * this.#fields.length;
    const header = Buffer.alloc(bytes);
    header[0] = 0x03;
    header[1] = this.#day.getUTCFullYear() - 1900;
    header[2] = this.#day.getUTCMonth() + 1;
    header[3] = this.#day.getUTCDate();
    header.writeUInt32LE(this.#records, 4);
    header.writeUInt16LE(bytes, 8);
    header.writeUInt16LE(this.#recordBytes, 10);
    header[29] = this.#encoder.ldid;
    for (const [i, field] of this.#fields.entries()) {
      const at = 32 + 32 * i;
      field.name.copy(header, at);
      header.write(field.kind, at + 11, 'latin1');
      header[at + 16] = field.width;
      header[at + 17] = field.decimals;
    }
    header[bytes - 1] = 0x0d;
    return header;
  }
}

/** One record, its mark of deletion included. */
export function recordBytes(fields: readonly DbfField[]): number {
  return 1 + fields.reduce((sum, field) => sum + field.width, 0);
}
