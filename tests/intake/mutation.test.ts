import { describe, expect, it } from 'vitest';
import { AppError } from '../../server/errors.ts';
import { seeded } from '../support/seeded.ts';
import { layerMembers, plot, zippedLayer } from './make-shapefile.ts';
import { makeZip } from './make-zip.ts';
import { read } from './reading.ts';

/**
 * Bytes of good files changed at random, the same on every machine: whatever comes of it is a report or a problem in a
 * sentence, never another error, and never fewer rows without a word.
 */
const rounds = 150;
const parts = () => ({
  shapes: [plot(0), plot(1), null, plot(3)],
  columns: [{ name: 'DKBH' }, { name: '地类' }, { name: 'MJ', type: 'N', width: 12, decimals: 2 }],
  rows: [
    ['1', '旱地', '1.00'],
    ['2', '水田', '2.00'],
    ['3', '林地', ''],
    ['4', '草地', '4.00'],
  ],
  dbf: { encoding: 'gbk', ldid: 77 },
});
const members = layerMembers(parts());
const collection = JSON.stringify({
  type: 'FeatureCollection',
  crs: { type: 'name', properties: { name: 'EPSG:4524' } },
  features: parts().shapes.map((coordinates, i) => ({
    type: 'Feature',
    id: i,
    properties: { DKBH: `${i}号`, MJ: i / 2 },
    geometry: coordinates && { type: 'Polygon', coordinates },
  })),
});

function mutate(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const pick = (n: number) => Math.floor(random() * n);
  for (let i = pick(3); i >= 0; i--) {
    const at = pick(copy.length);
    const kind = pick(4);
    if (kind === 0) copy[at] = pick(256);
    else if (kind === 1) copy[at]! ^= 1 << pick(8);
    else if (kind === 2) copy.fill([0, 0xff][pick(2)]!, at, Math.min(copy.length, at + 1 + pick(8)));
    else copy.copy(copy, at, pick(copy.length), pick(copy.length) + 8);
  }
  return pick(8) === 0 ? copy.subarray(0, pick(copy.length)) : copy;
}

async function outcome(bytes: Buffer | string): Promise<string> {
  try {
    const { report, rows } = await read(bytes);
    expect(rows.length).toBe(report.feature_count);
    return `rows ${rows.length}`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.detail.zh).toMatch(/。$/);
    expect(error.where?.file).toBeTruthy();
    return error.code;
  }
}

describe('a changed file is read or refused in a sentence', () => {
  it.each(['shp', 'shx', 'dbf', 'prj'])('.%s', async (ext) => {
    const random = seeded(ext.charCodeAt(2));
    const seen = new Set<string>();
    for (let i = 0; i < rounds; i++) {
      seen.add(
        await outcome(
          makeZip(
            members.map((m) =>
              String(m.name).endsWith(ext) ? { ...m, data: mutate(m.data, random), method: 0 } : { ...m, method: 0 },
            ),
          ),
        ),
      );
    }
    expect(seen.size).toBeGreaterThan(1);
    // a deletion mark may be hit, nothing else may cost a row
    if (ext !== 'dbf') expect([...seen].filter((s) => s.startsWith('rows'))).toEqual(['rows 4']);
  });
  it('the archive itself', async () => {
    const random = seeded(5);
    const zip = zippedLayer(parts());
    for (let i = 0; i < rounds; i++)
      expect([
        'rows 4',
        'not-a-zip',
        'zip-unsafe',
        'zip-encrypted',
        'shapefile-corrupt',
        'format-unsupported',
        'no-shapefile',
        'dbf-missing',
        'too-large',
        'several-shapefiles',
      ]).toContain(await outcome(mutate(zip, random)));
  });
  it('GeoJSON', async () => {
    const random = seeded(6);
    const seen = new Set<string>();
    for (let i = 0; i < rounds * 2; i++) seen.add(await outcome(mutate(Buffer.from(collection), random)));
    expect(seen).toContain('geojson-invalid');
  });
});
