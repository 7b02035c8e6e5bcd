/**
 * Problems of a request or of an uploaded file (CONTRACT §6, RFC 9457). Three things are never mixed: an AppError says
 * the request is wrong, a finding says the plot is wrong, `undetermined` says the evidence is missing.
 */
export const problemStatus = {
  'not-a-zip': 422,
  'zip-unsafe': 422,
  'zip-encrypted': 422,
  'too-large': 413,
  'too-many-features': 413,
  'no-shapefile': 422,
  'several-shapefiles': 422,
  'shapefile-corrupt': 422,
  'shapefile-encrypted': 422,
  'dbf-missing': 422,
  'dbf-mismatch': 422,
  'geometry-type': 422,
  'geometry-empty': 422,
  'coordinate-invalid': 422,
  'coordinate-outside-crs': 422,
  'crs-unknown': 422,
  'crs-unsupported-datum': 422,
  'crs-conflict': 422,
  'encoding-undetermined': 422,
  'attribute-missing': 422,
  'duplicate-parcel-id': 422,
  'geojson-invalid': 422,
  'txt-invalid': 422,
  'table-invalid': 422,
  'geopackage-corrupt': 422,
  'kml-invalid': 422,
  'gdb-corrupt': 422,
  'raster-corrupt': 422,
  'raster-no-georeference': 422,
  'raster-rotated': 422,
  'raster-units': 422,
  'format-unsupported': 415,
  'storage-full': 507,
  'quota-exceeded': 413,
  'engine-trap': 500,
  'layer-missing': 422,
  'layer-in-use': 409,
  'not-found': 404,
  conflict: 409,
  validation: 400,
  unauthorized: 401,
  forbidden: 403,
  'rate-limited': 429,
  busy: 503,
  internal: 500,
} as const;

export type ProblemCode = keyof typeof problemStatus;

/** A sentence in both languages of the product; zh is what a clerk reads, and it says what to do. */
export interface Sentence {
  zh: string;
  en: string;
}

/** Where the fault lies: whatever of it is known. Rows count from 1 in file order; in a text file they are its lines. */
export interface Where {
  file?: string;
  row?: number;
  rows?: number[];
  field?: string;
  lon?: number;
  lat?: number;
  x?: number;
  y?: number;
  candidates?: string[];
  /** of a table with several faults: each by itself */
  faults?: TableFault[];
  /** of a request with several faults: each by itself */
  problems?: PlacedFault[];
}

/** A fault in one of many items of a request. */
export interface PlacedFault {
  field: string;
  code: ProblemCode;
  detail: Sentence;
  /** of a conflict: the decision that stands */
  current?: Record<string, unknown>;
}

/** A fault in one cell. `row` is the row as a spreadsheet numbers it, `column` its letter, `field` what heads the column. */
export interface TableFault {
  row: number;
  column: string;
  field: string;
  message: Sentence;
}

export class AppError extends Error {
  readonly code: ProblemCode;
  readonly detail: Sentence;
  readonly where: Where | undefined;
  constructor(code: ProblemCode, detail: Sentence, where?: Where, options?: ErrorOptions) {
    super(`${code}: ${detail.en}`, options);
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
    this.where = where;
  }
  get status(): number {
    return problemStatus[this.code];
  }
}
