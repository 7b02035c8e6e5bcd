/**
 * How much of a foreign file is read before it is refused (THREATS T1, T2, T13). Parcels and reference layers differ in
 * size only: a county's land use is 2 GB of shapefile, its supplementary parcels never come near 200 MB.
 */
export interface IntakeLimits {
  /** real bytes of one archive entry, counted while inflating; of a bare GeoJSON, of the file */
  entryBytes: number;
  /** real bytes of all entries of an archive together */
  archiveBytes: number;
  /** inflated : deflated; an honest DBF of blanks reaches 329:1, so it counts only past `ratioFromBytes` */
  ratio: number;
  ratioFromBytes: number;
  /** entries of an archive, folders included */
  entries: number;
  /** rows of a file that are not deleted */
  features: number;
  verticesPerFeature: number;
  /** columns of a file; a DBF cannot hold more than 2,046, a GeoJSON could invent one a row */
  fields: number;
  /** lines of a text file */
  lines: number;
  /** nesting of a JSON document; deep jsonb traps the embedded database */
  jsonDepth: number;
  /** a parser that reports no progress for so long is killed */
  stallMs: number;
  /** resident memory of a parser, past which it is killed */
  parserMemoryBytes: number;
}

const MB = 1024 * 1024;

export const parcelLimits: IntakeLimits = {
  entryBytes: 200 * MB,
  archiveBytes: 500 * MB,
  ratio: 200,
  ratioFromBytes: 200 * MB,
  entries: 1000,
  features: 500_000,
  verticesPerFeature: 2_000_000,
  fields: 2046,
  lines: 10_000_000,
  jsonDepth: 32,
  stallMs: 10_000,
  parserMemoryBytes: 1024 * MB,
};

export const layerLimits: IntakeLimits = { ...parcelLimits, entryBytes: 2048 * MB, archiveBytes: 4096 * MB };

/** A county has some hundred projects; 10,000 rows are a table of something else. An .xlsx of that many unpacks to 15 MB. */
export const registerLimits: IntakeLimits = {
  ...parcelLimits,
  entryBytes: 64 * MB,
  archiveBytes: 128 * MB,
  features: 10_000,
  fields: 200,
};

/** How much is decided at once, and what may hang on a decision. */
export interface ReviewLimits {
  /** items of one request */
  items: number;
  /** flags of one batch over a selection: one transaction, 1.2 s for 10,000 on PostGIS */
  batch: number;
  /** of one decision */
  attachments: number;
  /** bytes of one attachment; a photo of a telephone has 3 to 15 MB */
  attachmentBytes: number;
  /** attachments that wait for a decision to refer to them, over all; one more is refused */
  looseAttachments: number;
  /** width × height of a photo; telephones reach 200 million, and whoever opens it must decode them all */
  pixels: number;
  /** m from the parcel beyond which a photo's position is warned of */
  nearM: number;
}

export const reviewLimits: ReviewLimits = {
  items: 5000,
  batch: 10_000,
  attachments: 20,
  attachmentBytes: 25 * MB,
  looseAttachments: 2000,
  pixels: 250_000_000,
  nearM: 500,
};
