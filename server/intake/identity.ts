/**
 * Names that follow from the bytes and from what the uploader asked for, so that the same upload gets the same id when it
 * is posted, before anything is parsed: UUIDs of version 8 (RFC 9562 §5.8) over SHA-256.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What decides how the same bytes are read (CONTRACT §1 parcel_set). regionCode is the one given, else the configured one. */
export interface ParcelSetDecisions {
  regionCode: string;
  srid?: number | undefined;
  encoding?: string | undefined;
  sublayer?: string | undefined;
  fieldMap?: Record<string, string> | undefined;
  areaUnit?: string | undefined;
}

/** The labels of a layer; with the bytes they are its identity. */
export interface LayerLabels {
  type: string;
  year?: number | undefined;
  name?: string | undefined;
  regionCode: string;
  srid?: number | undefined;
  encoding?: string | undefined;
  sublayer?: string | undefined;
  codeSystem?: string | undefined;
  source?: string | undefined;
  /** of an increment: the layer it is applied to */
  baseLayerId?: string | undefined;
}

/** sha256 in hex of the uploaded bytes + decisions → UUID. An empty field map is none; its order does not matter. */
export function parcelSetId(sha256: string, decisions: ParcelSetDecisions): string {
  const fieldMap = Object.entries(decisions.fieldMap ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return uuidOf([
    'parcel_set',
    sha256,
    decisions.regionCode,
    decisions.srid ?? null,
    decisions.encoding?.toUpperCase() ?? null,
    decisions.sublayer ?? null,
    fieldMap,
    // absent as before there was one: a set keeps its id
    ...(decisions.areaUnit === undefined ? [] : [decisions.areaUnit]),
  ]);
}

/** What decides how the bytes of a project register are read. */
export interface RegisterReading {
  regionCode: string;
  encoding?: string | undefined;
  sublayer?: string | undefined;
  unit?: string | undefined;
}

/** sha256 in hex of the uploaded bytes + how they are read → UUID */
export function registerId(sha256: string, { regionCode, encoding, sublayer, unit }: RegisterReading): string {
  return uuidOf([
    'project_register',
    sha256,
    regionCode,
    encoding?.toUpperCase() ?? null,
    sublayer ?? null,
    unit ?? null,
  ]);
}

/** sha256 in hex of the uploaded bytes + labels → UUID */
export function layerId(sha256: string, labels: LayerLabels): string {
  return uuidOf([
    'layer',
    sha256,
    labels.type,
    labels.year ?? null,
    labels.name ?? null,
    labels.regionCode,
    labels.srid ?? null,
    labels.encoding?.toUpperCase() ?? null,
    labels.sublayer ?? null,
    labels.codeSystem ?? null,
    ...(labels.baseLayerId === undefined ? [] : [labels.baseLayerId]),
    // absent as before it counted: a layer keeps its id
    ...(labels.source === undefined ? [] : [{ source: labels.source }]),
  ]);
}

/** SHA-256 of a file in hex, read in pieces; `progress` hears the share read. */
export async function sha256Of(
  path: string,
  signal?: AbortSignal,
  progress?: (share: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await stat(path);
  let done = 0;
  for await (const piece of createReadStream(path, { signal, highWaterMark: 1024 * 1024 })) {
    hash.update(piece as Buffer);
    done += (piece as Buffer).length;
    progress?.(done / size);
  }
  return hash.digest('hex');
}

function uuidOf(parts: unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
