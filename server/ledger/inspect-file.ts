/**
 * What an attachment is, by its content alone: JPEG and PNG photos with their size, place and time, PDF. Nothing is decoded: sizes stand in
 * the header, where and when in EXIF. Runs in a child process (inspect-file.child.ts): the reader of
 * EXIF is foreign, and so are the bytes.
 */
import { readFile } from 'node:fs/promises';
import exifr from 'exifr';
import { AppError } from '../errors.ts';

export interface InspectJob {
  path: string;
  /** width × height of a photo */
  pixels: number;
}

export interface FileFacts {
  media_type: 'image/jpeg' | 'image/png' | 'application/pdf';
  width: number | null;
  height: number | null;
  /** degrees, WGS84 by the EXIF standard */
  lon: number | null;
  lat: number | null;
  /** RFC 3339 where the camera tells its zone, else local time without one */
  taken_at: string | null;
  camera: string | null;
}

/** @throws AppError `format-unsupported` for anything else, or a broken one; `too-large` for too many pixels */
export async function inspectFile({ path, pixels }: InspectJob): Promise<FileFacts> {
  const bytes = await readFile(path);
  const type = typeOf(bytes);
  if (type === 'application/pdf')
    return { media_type: type, width: null, height: null, lon: null, lat: null, taken_at: null, camera: null };
  const { width, height } = sizeOf(bytes, type);
  if (width * height > pixels) throw tooManyPixels(width, height, pixels);
  return { media_type: type, width, height, ...(await exifOf(bytes)) };
}

/** By the first bytes, and whether the last are there: what broke off on the way is told now, not when somebody looks. */
function typeOf(bytes: Buffer): FileFacts['media_type'] {
  const begins = (hex: string) => bytes.subarray(0, hex.length / 2).toString('hex') === hex;
  if (begins('ffd8ff')) {
    // telephones put more pictures behind the first, so its end is not the file's
    if (bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) < 4) throw broken('JPEG');
    return 'image/jpeg';
  }
  if (begins('89504e470d0a1a0a')) {
    if (bytes.lastIndexOf('IEND') < 0) throw broken('PNG');
    return 'image/png';
  }
  // the standard wants %PDF- within the first 1,024 bytes; what begins with something else is that as well
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') {
    if (bytes.lastIndexOf('%%EOF') < Math.max(bytes.length - 2048, 1)) throw broken('PDF');
    return 'application/pdf';
  }
  throw otherFormat(nameOf(bytes));
}

function nameOf(bytes: Buffer): string {
  const text = bytes.subarray(0, 300).toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) return 'SVG';
  if (text.startsWith('<')) return 'HTML/XML';
  const brand = bytes.subarray(4, 12).toString('latin1');
  if (/^ftyp(heic|heix|hevc|mif1|msf1|heim|heis)/.test(brand)) return 'HEIC';
  if (/^ftyp/.test(brand)) return 'MP4/MOV';
  if (text.startsWith('gif8')) return 'GIF';
  if (text.startsWith('riff')) return 'WebP';
  if (text.startsWith('pk')) return 'ZIP/Office';
  return '';
}

/** Width and height in pixels, as the header says; a frame that is not where its chain of segments leads is a broken photo. */
function sizeOf(bytes: Buffer, type: FileFacts['media_type']): { width: number; height: number } {
  const at = type === 'image/png' ? ihdrOf(bytes) : frameOf(bytes);
  if (at === undefined || at + 8 > bytes.length) throw broken(type === 'image/png' ? 'PNG' : 'JPEG');
  const [width, height] =
    type === 'image/png'
      ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
      : [bytes.readUInt16BE(at + 2), bytes.readUInt16BE(at)];
  if (width === 0 || height === 0) throw broken(type === 'image/png' ? 'PNG' : 'JPEG');
  return { width, height };
}

/** PNG (ISO/IEC 15948 §5.6): IHDR is the first chunk. */
const ihdrOf = (bytes: Buffer) => (bytes.subarray(12, 16).toString('latin1') === 'IHDR' ? 16 : undefined);

/** JPEG (ITU-T T.81 §B.1): marker, length, marker, length … up to the frame, C0 to CF save the tables C4, C8 and CC. */
function frameOf(bytes: Buffer): number | undefined {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    // a marker may be filled up with FF in front
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return at + 5;
    // scan, end, or markers without length have no place before the frame
    if (marker === 0xda || (marker >= 0xd0 && marker <= 0xd9) || marker <= 0x01) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** What the camera wrote; a photo whose EXIF cannot be read is one without. */
async function exifOf(bytes: Buffer): Promise<Pick<FileFacts, 'lon' | 'lat' | 'taken_at' | 'camera'>> {
  const read = { ...only, ifd0: ['Make', 'Model'], exif: ['DateTimeOriginal', 'OffsetTimeOriginal'], gps: true };
  const tags: Record<string, unknown> = (await exifr.parse(bytes, read as never).catch(() => ({}))) ?? {};
  const { latitude: lat, longitude: lon } = tags;
  const placed = inRange(lat, 90) && inRange(lon, 180) && !(lat === 0 && lon === 0);
  const camera = [plain(tags['Make']), plain(tags['Model'])].filter(Boolean).join(' ');
  return {
    lon: placed ? (lon as number) : null,
    lat: placed ? (lat as number) : null,
    taken_at: timeOf(plain(tags['DateTimeOriginal']), plain(tags['OffsetTimeOriginal'])),
    camera: camera || null,
  };
}

const only = {
  tiff: true,
  interop: false,
  ifd1: false,
  xmp: false,
  icc: false,
  iptc: false,
  makerNote: false,
  userComment: false,
  reviveValues: false,
  translateValues: false,
};

const inRange = (value: unknown, most: number) =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= most;

const plain = (value: unknown): string =>
  typeof value === 'string'
    ? value
        .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
        .trim()
        .slice(0, 60)
    : '';

/** `2024:05:17 10:11:12`, perhaps with `+08:00` → `2024-05-17T10:11:12+08:00` */
function timeOf(text: string, zone: string): string | null {
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  if (time === undefined) return null;
  const local = `${year}-${month}-${day}T${time}`;
  const moment = new Date(`${local}Z`);
  if (Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(local)) return null;
  return local + (/^[+-]\d\d:\d\d$/.test(zone) ? zone : '');
}

const where = { field: 'file' };
const otherFormat = (name: string) =>
  new AppError(
    'format-unsupported',
    {
      zh: `附件只收 JPEG、PNG 照片和 PDF${name === '' ? '' : `，这是 ${name}`}。${name === 'HEIC' ? '请在手机相机设置中改为“兼容性最佳”，或' : '请'}另存为其中一种后上传。`,
      en: `Attachments are JPEG or PNG photos and PDF${name === '' ? '' : `; this is ${name}`}. ${name === 'HEIC' ? 'Set the camera to “most compatible”, or save' : 'Save'} it as one of these.`,
    },
    where,
  );
const broken = (name: string) =>
  new AppError(
    'format-unsupported',
    {
      zh: `${name} 文件不完整或已损坏，请重新导出或拍摄后上传。`,
      en: `The ${name} file is incomplete or damaged; export it or take it again.`,
    },
    where,
  );
const tooManyPixels = (width: number, height: number, most: number) =>
  new AppError(
    'too-large',
    {
      zh: `照片为 ${width}×${height} 像素，超过 ${Math.floor(most / 1e6)} 百万像素的上限，请缩小后上传。`,
      en: `The photo has ${width}×${height} pixels, over the limit of ${Math.floor(most / 1e6)} million; make it smaller.`,
    },
    where,
  );
