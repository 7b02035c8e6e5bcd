import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { geojson } from '../../server/exports/geojson.ts';
import { requirePart } from '../support/parts.ts';
import { bytesOf, exportInput, makeRows } from './fixtures.ts';
import { ogrinfo, ownFolder } from './readers.ts';

const rows = makeRows();
const text = (await bytesOf(geojson.write(exportInput(rows)))).toString('utf8');

describe('the geojson export', () => {
  it('is one feature a parcel in upload order, with the properties of the contract and nothing rounded', () => {
    const { type, features } = JSON.parse(text);
    expect(type).toBe('FeatureCollection');
    expect(features.map((f: { properties: { parcel_id: string } }) => f.properties.parcel_id)).toEqual(
      rows.map((row) => row.parcel_id),
    );
    for (const [i, { properties, geometry }] of features.entries()) {
      const row = rows[i]!;
      expect(Object.keys(properties).filter((name) => !name.includes('_net_'))).toEqual([
        ...['parcel_id', 'project_code', 'project_name', 'township', 'declared_area_m2', 'area_m2', 'verdict'],
        ...['deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2', 'kept_unverified_area_m2'],
        ...['pieces', 'checks'],
      ]);
      expect(properties.area_m2).toBe(row.area_m2);
      expect(properties.declared_area_m2).toBe(row.declared_area_m2);
      expect(properties.checks).toEqual(row.checks);
      expect(properties.pieces).toEqual(row.pieces);
      expect('kept_net_m2' in properties).toBe(row.declared_net_m2 !== null);
      expect(geometry).toEqual(row.geometry);
    }
  });

  it('writes every coordinate with nine decimals or more, round ones too', async () => {
    const round = {
      ...rows[0]!,
      geometry: {
        type: 'MultiPolygon' as const,
        coordinates: [
          [
            [
              [108.5, 29],
              [108.6, 29],
              [108.6, 29.25],
              [108.5, 29],
            ],
          ],
        ],
      },
    };
    const short = (await bytesOf(geojson.write(exportInput([round])))).toString();
    expect(short).toContain('[[[[108.500000000,29.000000000],[108.600000000,29.000000000]');
    expect(JSON.parse(short).features[0].geometry).toEqual(round.geometry);
    for (const [number] of text.matchAll(/(?<=[[,])\d{2,3}\.\d+(?=[,\]])/g))
      expect(number.split('.')[1]!.length).toBeGreaterThanOrEqual(9);
  });

  it('is a valid collection without any feature', async () => {
    expect(JSON.parse((await bytesOf(geojson.write(exportInput([])))).toString())).toMatchObject({ features: [] });
  });

  it('leaves out compliant parcels when only flagged ones are asked for', async () => {
    const { features } = JSON.parse((await bytesOf(geojson.write(exportInput(rows, { only: 'flagged' })))).toString());
    expect(features).toHaveLength(rows.filter((row) => row.verdict !== 'compliant').length);
    expect(features.every((f: { properties: { verdict: string } }) => f.properties.verdict !== 'compliant')).toBe(true);
  });
});

requirePart('gdal')('the geojson export read by GDAL', () => {
  const folder = ownFolder();

  it('has all parcels, shapes and ids', async () => {
    const path = `${await folder()}/verdicts.geojson`;
    await writeFile(path, text);
    const info = await ogrinfo('-ro', '-al', path);
    expect(info).toContain('Feature Count: 40');
    expect(info).toContain('parcel_id (String) = 5002422021000100007');
    expect(info.match(/MULTIPOLYGON \(/g)).toHaveLength(39);
  });
});
