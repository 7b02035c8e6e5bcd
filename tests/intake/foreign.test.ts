import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layerMembers } from './make-shapefile.ts';
import { makeZip } from './make-zip.ts';
import { refusal } from './reading.ts';

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((p) => Buffer.from(p as string, 'latin1')));
const padded = (head: Buffer) => Buffer.concat([head, Buffer.alloc(1000)]);
const member = (name: string) => makeZip([{ name, data: Buffer.from('x') }]);

describe('a format that is not read here is named, with what to do', () => {
  it.each<[string, Buffer, RegExp, RegExp]>([
    ['RAR', padded(bytes('Rar!\x1a\x07\x01\0')), /RAR/, /zip/],
    ['7z', padded(bytes([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])), /7z/, /zip/],
    ['tgz', gzipSync('x'), /gzip/, /zip/],
    ['tar', padded(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')])), /tar/, /zip/],
    ['a bare .shp', layerMembers()[0]!.data, /\.shp/, /一起打成 zip/],
    ['a bare .dbf', layerMembers()[2]!.data, /\.dbf/, /一起打成 zip/],
    ['.mdb', padded(bytes([0, 1, 0, 0], 'Standard Jet DB\0')), /\.mdb/, /shapefile/],
    ['old Excel', padded(bytes([0xd0, 0xcf, 0x11, 0xe0])), /\.xls/, /shapefile/],
    ['a login page', Buffer.from('<!DOCTYPE html><html/>'), /网页/, /shapefile/],
    ['DWG', padded(bytes('AC1032')), /DWG/, /shapefile/],
    ['PDF', padded(bytes('%PDF-1.7')), /PDF/, /shapefile/],
    ['GeoTIFF', padded(bytes('II*\0')), /GeoTIFF/, /slope/],
    ['.xlsb', member('xl/workbook.bin'), /\.xlsb/, /另存为 \.xlsx/],
    ['.ods', member('content.xml'), /\.ods/, /另存为 \.xlsx/],
    ['a KMZ in a zip', member('地块.kmz'), /KMZ/, /取出/],
    ['a zipped GeoTIFF', member('dem.tif'), /GeoTIFF/, /取出.*dem/],
  ])('%s', async (_, content, name, advice) => {
    // the name of the file does not matter
    const problem = await refusal(content, { name: 'upload.zip' });
    expect(problem).toMatchObject({ code: 'format-unsupported', status: 415, where: { file: 'upload.zip' } });
    expect(problem.detail.zh).toMatch(name);
    expect(problem.detail.zh).toMatch(advice);
  });
});

describe('what is nothing known', () => {
  it('garbage is no zip, or no GeoJSON where it is called one', async () => {
    const garbage = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24));
    expect(await refusal(garbage, { name: 'a.zip' })).toMatchObject({ code: 'not-a-zip' });
    expect(await refusal(garbage, { name: 'a.GeoJSON' })).toMatchObject({ code: 'geojson-invalid' });
    expect(await refusal(garbage, { name: 'a.TXT' })).toMatchObject({ code: 'txt-invalid' });
    expect(await refusal(Buffer.alloc(0), { name: 'a.zip' })).toMatchObject({ code: 'not-a-zip' });
    expect(await refusal(Buffer.alloc(5000), { name: 'a.zip' })).toMatchObject({ code: 'not-a-zip' });
  });
  it('an archive without a shapefile lists what it holds', async () => {
    expect(await refusal(member('readme.txt'))).toMatchObject({
      code: 'no-shapefile',
      where: { candidates: ['readme.txt'] },
    });
    expect(await refusal(makeZip([]))).toMatchObject({ code: 'no-shapefile', where: { candidates: [] } });
  });
  it('a name with controls and direction marks is shown without them', async () => {
    const problem = await refusal(Buffer.from('x'), { name: 'a\u202Egpj.\u0000zip' });
    expect(problem.where?.file).toBe('a?gpj.?zip');
  });
});
