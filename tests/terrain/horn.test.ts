import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import geographiclib from 'geographiclib-geodesic';
import { fromFile } from 'geotiff';
import { describe, expect, it } from 'vitest';
import { hornSlope, metresPerDegree } from '../../server/terrain/horn.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { describeWithGdal, gdal, gdalCells } from './gdal.ts';
import { inFolder, readSlopes, readTiff } from './reading.ts';
import { writeTiff } from './tiff-writer.ts';

/** geotiff.js as a second reader; NoData of the file as NaN */
async function cellsOf(path: string): Promise<{ z: Float32Array; width: number; height: number }> {
  const image = await (await fromFile(path)).getImage();
  const raw = (await image.readRasters())[0] as Float32Array;
  const noData = Math.fround(image.getGDALNoData() ?? Number.NaN);
  return { z: raw.map((v) => (v === noData ? Number.NaN : v)), width: image.getWidth(), height: image.getHeight() };
}

describeWithSharedData('Horn slope', () => {
  it('agrees with the QGIS known answer within 0.0006° on all 71,882 inner cells; the border has none', async () => {
    const { z, width, height } = await cellsOf(sharedData('slope-known-answer/dem.tif'));
    const wanted = (await cellsOf(sharedData('slope-known-answer/slope.tif'))).z;
    const slope = hornSlope(z, width, height, () => ({ dx: 25, dy: 25 }));
    let [inner, border, worst] = [0, 0, 0];
    for (let i = 0; i < slope.length; i++) {
      const [row, col] = [Math.floor(i / width), i % width];
      if (row === 0 || col === 0 || row === height - 1 || col === width - 1) {
        border += Number.isNaN(slope[i]!) ? 1 : 0;
        continue;
      }
      inner++;
      worst = Math.max(worst, Math.abs(slope[i]! - wanted[i]!));
    }
    expect(inner).toBe(71_882);
    expect(border).toBe(width * height - 71_882);
    expect(worst).toBeLessThan(0.0006);
  });

  it('of dem_30m (PixelIsPoint) agrees with slope_30m (PixelIsArea) cell by cell, in value and in place', async () => {
    const dem = await readSlopes(sharedData('youyang-demo/dem_30m.tif'), { kind: 'dem' });
    const slope = await readSlopes(sharedData('youyang-demo/slope_30m.tif'), { kind: 'slope' });
    expect([dem.origin_x, dem.origin_y, dem.width, dem.height]).toEqual([
      slope.origin_x,
      slope.origin_y,
      slope.width,
      slope.height,
    ]);
    let [both, one, worst] = [0, 0, 0];
    for (let i = 0; i < dem.slopes.length; i++) {
      const [a, b] = [dem.slopes[i]!, slope.slopes[i]!];
      if (Number.isNaN(a) !== Number.isNaN(b)) one++;
      else if (!Number.isNaN(a)) {
        both++;
        worst = Math.max(worst, Math.abs(a - b));
      }
    }
    expect([both, one]).toEqual([slope.valid_cells, 0]);
    expect(both).toBe(1_213_877);
    expect(worst).toBeLessThan(0.001);
    expect(dem.warnings).toEqual([]);
  });
});

/** dz/dE = 0.3, dz/dN = 0.4: the gradient is 0.5 everywhere, 26.565° */
const east = 0.3;
const north = 0.4;
const known = (Math.atan(0.5) * 180) / Math.PI;

describe('a tilted plane', () => {
  it('has its slope to the last digits of a float in a metric grid, cells square or not', async () => {
    const [width, height] = [40, 30];
    const z = Float32Array.from(
      { length: width * height },
      (_, i) => 1000 + east * 10 * (i % width) - north * 25 * Math.floor(i / width),
    );
    const read = await readTiff({ width, height, cells: z, place: [500_000, 3_200_000, 10, 25] }, { kind: 'dem' });
    expect(read.valid_cells).toBe((width - 2) * (height - 2));
    expect(read.cell_m).toBe(25);
    for (const slope of read.slopes) if (!Number.isNaN(slope)) expect(slope).toBeCloseTo(known, 4);
  });

  it('has the same slope sampled in degrees, at any latitude: scaled per row on the ellipsoid', async () => {
    // metres east and north by GeographicLib, row by row. The sheet of 0.1° cells spans 4° of latitude: one latitude for
    // all rows would be off by 0.3° at its ends, cos²φ by degrees. Meridians converge, so only the middle column, from
    // which east is counted, has the plane's slope exactly.
    const geodesic = geographiclib.Geodesic.WGS84;
    const [width, height, middle] = [9, 41, 4];
    for (const [top, cell] of [
      [19, 0.0002777777777777778],
      [31, 0.1],
      [46, 0.0002777777777777778],
    ] as const) {
      const z = new Float64Array(width * height);
      let climbed = 0;
      for (let row = 0; row < height; row++) {
        const lat = top - (row + 0.5) * cell;
        if (row > 0) climbed += geodesic.Inverse(lat + cell, 108, lat, 108).s12!;
        const step = geodesic.Inverse(lat, 108, lat, 108 + 1e-4).s12! * 1e4 * cell; // so short that it follows the parallel
        for (let col = 0; col < width; col++) {
          z[row * width + col] = (cell > 0.01 ? 0.02 : 1) * (east * step * (col - middle) - north * climbed) + 5000;
        }
      }
      const wanted = cell > 0.01 ? (Math.atan(0.02 * 0.5) * 180) / Math.PI : known;
      const read = await readTiff(
        { width, height, cells: z, bits: 64, srid: 4490, place: [108, top, cell, cell] },
        { kind: 'dem' },
      );
      expect(read.valid_cells).toBe((width - 2) * (height - 2));
      for (let row = 1; row < height - 1; row++) expect(read.slopes[row * width + middle]! / wanted).toBeCloseTo(1, 4);
      const metres = geodesic.Inverse(top - 20 * cell, 108, top - 21 * cell, 108).s12!;
      expect(read.cell_m).toBeCloseTo(metres, 2);
    }
  });

  it('would be off by more than half a degree with one latitude for all, or with the cosine squared', () => {
    // the faults that other systems have, so that the test above is known to see them
    const slopeWith = (lon: number, lat: number) => {
      const truth = metresPerDegree(28);
      return (Math.atan(Math.hypot((east * truth.lon) / lon, (north * truth.lat) / lat)) * 180) / Math.PI;
    };
    const cos = Math.cos((28 * Math.PI) / 180);
    const degree = 111_320;
    expect(Math.abs(slopeWith(degree * cos * cos, degree) - known)).toBeGreaterThan(0.5);
    expect(Math.abs(slopeWith(degree, degree) - known)).toBeGreaterThan(0.5); // cos φ left out
    expect(Math.abs(slopeWith(metresPerDegree(40).lon, metresPerDegree(40).lat) - known)).toBeGreaterThan(0.5);
    expect(slopeWith(metresPerDegree(28).lon, metresPerDegree(28).lat)).toBeCloseTo(known, 12);
  });

  it('has its slope in Web Mercator too, whose metres are not metres', async () => {
    const a = 6378137;
    const mercator = (lat: number) => a * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
    const geodesic = geographiclib.Geodesic.WGS84;
    const [width, height, cell] = [9, 21, 30];
    const y0 = mercator(29);
    const latitude = (y: number) => (2 * Math.atan(Math.exp(y / a)) * 180) / Math.PI - 90;
    const z = new Float64Array(width * height);
    let climbed = 0;
    for (let row = 0; row < height; row++) {
      const lat = latitude(y0 - (row + 0.5) * cell);
      if (row > 0) climbed += geodesic.Inverse(latitude(y0 - (row - 0.5) * cell), 108, lat, 108).s12!;
      const step = geodesic.Inverse(lat, 108, lat, 108 + 1e-4).s12! * 1e4 * ((cell / a) * (180 / Math.PI));
      for (let col = 0; col < width; col++) z[row * width + col] = 3000 + east * step * col - north * climbed;
    }
    const read = await readTiff(
      { width, height, cells: z, bits: 64, srid: 3857, place: [12_022_505, y0, cell, cell] },
      { kind: 'dem' },
    );
    for (const slope of read.slopes) if (!Number.isNaN(slope)) expect(Math.abs(slope - known)).toBeLessThan(0.02);
    expect(read.cell_m).toBeCloseTo(30 * 0.875, 0);
  });
});

describe('metres per degree', () => {
  it('are those of GeographicLib within 1e-7', () => {
    const geodesic = geographiclib.Geodesic.WGS84;
    for (const lat of [0, 10, 28.8, 45, 60]) {
      const { lat: south, lon } = metresPerDegree(lat);
      const d = 1e-3;
      expect(south / (geodesic.Inverse(lat - d, 108, lat + d, 108).s12! / (2 * d))).toBeCloseTo(1, 7);
      expect(lon / (geodesic.Inverse(lat, 108, lat, 108 + d).s12! / d)).toBeCloseTo(1, 7);
    }
  });
});

describe('a missing cell', () => {
  it('takes the slope from all nine windows it stands in, its own too', async () => {
    const cells = Float32Array.from({ length: 49 }, (_, i) => (i === 24 ? -9999 : 500 + i));
    const read = await readTiff({ width: 7, height: 7, cells, noData: '-9999' }, { kind: 'dem' });
    expect(read.valid_cells).toBe(25 - 9);
    expect(read.nodata_cells).toBe(49 - 16);
  });

  it('leaves no slope at all in a raster of two rows or two columns', async () => {
    for (const [width, height] of [
      [20, 2],
      [2, 20],
      [1, 1],
    ] as const) {
      const read = await readTiff(
        { width, height, cells: new Float32Array(width * height).fill(300) },
        { kind: 'dem' },
      );
      expect([read.valid_cells, read.tiles]).toEqual([0, 0]);
      expect(read.warnings.map((warning) => warning.code)).toEqual(['raster-empty']);
    }
  });
});

describeWithGdal('gdaldem as a second opinion', () => {
  it('agrees on rough relief across blocks and tiles, in south-up and in strips', async () => {
    await inFolder(async (folder) => {
      const [width, height] = [530, 300];
      const cells = Float32Array.from({ length: width * height }, (_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return x > 400 && x < 410 && y > 250
          ? -9999
          : 900 + 200 * Math.sin(x / 13) * Math.cos(y / 7) + ((i * 7919) % 23);
      });
      const place: [number, number, number, number] = [500_000, 3_200_000, 20, 12];
      const matrix = [20, 0, 0, 500_000, 0, 12, 0, 3_200_000 - 12 * height, 0, 0, 0, 0, 0, 0, 0, 1];
      for (const shape of [{ place }, { place, tile: 64 }, { place, rowsPerStrip: 7 }, { matrix, tile: 48 }]) {
        const path = join(folder, 'dem.tif');
        await writeFile(path, writeTiff({ width, height, cells, noData: '-9999', ...shape }));
        const ours = await readSlopes(path, { kind: 'dem' });
        gdal(
          'gdalwarp',
          '-q',
          '-overwrite',
          '-te',
          '500000',
          String(3_200_000 - 12 * height),
          String(500_000 + 20 * width),
          '3200000',
          '-ts',
          String(width),
          String(height),
          path,
          join(folder, 'up.tif'),
        );
        gdal('gdaldem', 'slope', '-q', join(folder, 'up.tif'), join(folder, 'slope.tif'));
        const theirs = await gdalCells(join(folder, 'slope.tif'));
        let [worst, differ] = [0, 0];
        for (let i = 0; i < theirs.length; i++) {
          const wanted = theirs[i] === -9999 ? Number.NaN : theirs[i]!;
          if (Number.isNaN(wanted) !== Number.isNaN(ours.slopes[i]!)) differ++;
          else if (!Number.isNaN(wanted)) worst = Math.max(worst, Math.abs(wanted - ours.slopes[i]!));
        }
        expect([differ, worst < 0.0005], JSON.stringify(Object.keys(shape))).toEqual([0, true]);
      }
    });
  });
});
