/** Photos byte by byte, sound and hostile: a JPEG is a header, what EXIF says, a frame that tells its size, and an end. */
const segment = (marker: number, content: Buffer) => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 | marker);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

export function jpeg(
  options: { width?: number; height?: number; exif?: Buffer; comment?: string; tail?: Buffer } = {},
): Buffer {
  const { width = 64, height = 48 } = options;
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(options.exif ? [segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), options.exif]))] : []),
    ...(options.comment ? [segment(0xfe, Buffer.from(options.comment))] : []),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x12, 0x34]),
    Buffer.from([0xff, 0xd9]),
    options.tail ?? Buffer.alloc(0),
  ]);
}

type Entry = [tag: number, type: number, values: number[] | string];
const sizes: Record<number, number> = { 2: 1, 4: 4, 5: 8 };

/** A big-endian TIFF with IFD0, Exif and GPS; `loops`: each points back to the first. */
export function exif(main: Entry[], camera: Entry[], gps: Entry[], loops = false): Buffer {
  const parts: Buffer[] = [Buffer.from('MM\0*\0\0\0\x08', 'latin1')];
  const directory = (entries: Entry[], at: number, next: number) => {
    const table = Buffer.alloc(2 + entries.length * 12 + 4);
    const data: Buffer[] = [];
    let free = at + table.length;
    table.writeUInt16BE(entries.length);
    for (const [i, [tag, type, values]] of entries.entries()) {
      const bytes =
        typeof values === 'string'
          ? Buffer.from(`${values}\0`)
          : Buffer.concat(
              values.map((value) => {
                const cell = Buffer.alloc(sizes[type]!);
                cell.writeUInt32BE(type === 5 ? Math.round(value * 1e6) : value);
                if (type === 5) cell.writeUInt32BE(1e6, 4);
                return cell;
              }),
            );
      const place = 2 + i * 12;
      table.writeUInt16BE(tag, place);
      table.writeUInt16BE(type, place + 2);
      table.writeUInt32BE(bytes.length / sizes[type]!, place + 4);
      if (bytes.length <= 4) bytes.copy(table, place + 8);
      else {
        table.writeUInt32BE(free, place + 8);
        data.push(bytes);
        free += bytes.length;
      }
    }
    table.writeUInt32BE(next, table.length - 4);
    return Buffer.concat([table, ...data]);
  };
  const mainSize = directory([...main, [0x8769, 4, [0]], [0x8825, 4, [0]]], 8, 0).length;
  const cameraAt = 8 + mainSize;
  const gpsAt = cameraAt + directory(camera, cameraAt, 0).length;
  const pointers: Entry[] = [
    [0x8769, 4, [loops ? 8 : cameraAt]],
    [0x8825, 4, [loops ? 8 : gpsAt]],
  ];
  parts.push(directory([...main, ...pointers], 8, loops ? 8 : 0));
  parts.push(directory(camera, cameraAt, loops ? 8 : 0), directory(gps, gpsAt, loops ? 8 : 0));
  return Buffer.concat(parts);
}

const dms = (degrees: number) => {
  const minutes = (degrees % 1) * 60;
  return [Math.floor(degrees), Math.floor(minutes), (minutes % 1) * 60];
};

/** taken at a place in the north-east of the world */
export const takenAt = (lon: number, lat: number, time = '2024:05:17 10:11:12') =>
  exif(
    [[0x0110, 2, 'Phone <9>']],
    [
      [0x9003, 2, time],
      [0x9011, 2, '+08:00'],
    ],
    [
      [1, 2, 'N'],
      [2, 5, dms(lat)],
      [3, 2, 'E'],
      [4, 5, dms(lon)],
    ],
  );

/** A PNG of one size in its header, and hardly any pixels. */
export function png(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(name, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(20)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const pdf = Buffer.from('%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\nstartxref\n9\n%%EOF\n');
