/**
 * A zipped shapefile of all parcels: verdicts.shp/.shx/.dbf/.prj/.cpg and fields.html. Written here because no library kept
 * for this project writes a .dbf in GBK with its code page byte, or the Gauss–Krüger .prj that bureau software knows.
 * Files go to a temporary folder first (their headers carry lengths), then through the zip to the caller.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { type ExportFormat, type ExportInput, wanted } from './export-format.ts';
import { DbfWriter, recordBytes } from './shp/dbf-writer.ts';
import { esriPrj } from './shp/esri-prj.ts';
import { fieldNotes } from './shp/field-notes.ts';
import { type FieldPlan, planFields } from './shp/field-plan.ts';
import { FileOut, shapefileLimit, tooLarge } from './shp/file-out.ts';
import { ShapeWriter } from './shp/shape-writer.ts';
import { type TextEncoder, textEncoder } from './shp/text-encoder.ts';

export const shp: ExportFormat = {
  id: 'shp',
  title: {
    zh: 'Shapefile（压缩包，可选坐标系与文字编码）',
    en: 'Shapefile (zip, coordinate system and encoding as asked)',
  },
  contentType: 'application/zip',
  extension: 'zip',
  options: ['srid', 'encoding'],
  write: (input) => writeShapefile(input),
};

/** limit: bytes of one file; `too-large` past it */
export async function* writeShapefile(input: ExportInput, limit: number = shapefileLimit): AsyncGenerator<Uint8Array> {
  const srid = input.options.srid ?? 4490;
  const prj = esriPrj(srid);
  const encoder = textEncoder(input.options.encoding);
  const plan = await planFields(wanted(input.rows(), input.options), input.checks, encoder);
  if (33 + 32 * plan.fields.length + plan.rowCount * recordBytes(plan.fields) + 1 > limit) throw tooLarge();
  const folder = await mkdtemp(join(input.tempDir ?? tmpdir(), 'zhanbu-shp-'));
  try {
    await writeParts(folder, input, srid, plan, encoder, limit);
    await writeFile(join(folder, 'verdicts.prj'), prj);
    await writeFile(join(folder, 'verdicts.cpg'), encoder.cpg);
    await writeFile(
      join(folder, 'fields.html'),
      fieldNotes(plan.fields, {
        run_id: input.run.run_id,
        region_code: input.run.region_code,
        srid,
        encoding: encoder.cpg,
        count: plan.rowCount,
        only: input.options.only,
        language: input.language,
      }),
    );
    yield* zipped(folder, input.run.created_at);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeParts(
  folder: string,
  input: ExportInput,
  srid: number,
  plan: FieldPlan,
  encoder: TextEncoder,
  limit: number,
): Promise<void> {
  if (!input.rowsInSrid) throw new TypeError('the shp export needs rowsInSrid');
  const open: FileOut[] = [];
  const create = async (name: string) => {
    const file = await FileOut.create(join(folder, name), limit);
    open.push(file);
    return file;
  };
  try {
    const shapes = new ShapeWriter(await create('verdicts.shp'), await create('verdicts.shx'));
    const table = new DbfWriter(await create('verdicts.dbf'), plan.fields, encoder, input.run.created_at);
    await shapes.begin();
    await table.begin();
    let count = 0;
    for await (const row of wanted(input.rowsInSrid(srid), input.options)) {
      await shapes.add(row.wkb);
      await table.add(row);
      count++;
    }
    // A shape beside another parcel's attributes would be worse than no file.
    if (count !== plan.rowCount) throw new Error(`rows changed between two readings: ${plan.rowCount}, then ${count}`);
    await shapes.end();
    await table.end();
  } finally {
    for (const file of open) await file.close();
  }
}

async function* zipped(folder: string, mtime: Date): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const out = zip.outputStream as Readable;
  zip.on('error', (error) => out.destroy(error as Error));
  for (const name of ['verdicts.shp', 'verdicts.shx', 'verdicts.dbf', 'verdicts.prj', 'verdicts.cpg', 'fields.html']) {
    zip.addFile(join(folder, name), name, { mtime });
  }
  zip.end();
  try {
    for await (const chunk of out) yield chunk as Uint8Array;
  } finally {
    out.destroy();
  }
}
