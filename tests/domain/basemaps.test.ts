import { describe, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { hostsOf, readBasemaps } from '../../server/domain/basemaps.ts';

const tianditu = {
  name: '天地图影像',
  tiles: [
    'https://t0.tianditu.gov.cn/img_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=KEY',
    'https://t1.tianditu.gov.cn/cia_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=KEY',
  ],
  attribution: '天地图 GS(2024)0568号',
};
const read = (...list: unknown[]) => readBasemaps(JSON.stringify(list));

describe('basemaps', () => {
  test('are none unless they are set', () => {
    expect(readBasemaps(undefined)).toEqual([]);
    expect(readBasemaps('  ')).toEqual([]);
    expect(readConfig({}).basemaps).toEqual([]);
  });

  test('are read from XYZ and WMTS addresses, and open their hosts alone', () => {
    const basemaps = read(tianditu, { ...tianditu, tiles: ['http://10.0.0.5:8080/img/{z}/{x}/{y}.jpg'], max_zoom: 20 });
    expect(basemaps[0]).toMatchObject({ id: '1', name: '天地图影像', max_zoom: 18 });
    expect(basemaps[0]!.tiles[0]).toContain('TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=KEY');
    expect(basemaps[1]).toMatchObject({ id: '2', max_zoom: 20 });
    expect(hostsOf(basemaps)).toEqual([
      'https://t0.tianditu.gov.cn',
      'https://t1.tianditu.gov.cn',
      'http://10.0.0.5:8080',
    ]);
  });

  test.each([
    ['{', /must be JSON/],
    ['{}', /must be a list/],
    ['[7]', /basemap 1 .* no object/],
    [JSON.stringify([tianditu, { ...tianditu, attribution: '' }]), /basemap 2 .*attribution/],
    [JSON.stringify([{ ...tianditu, name: undefined }]), /needs a name/],
    [JSON.stringify([{ ...tianditu, tiles: [] }]), /1 to 4/],
    [JSON.stringify([{ ...tianditu, cog: '/a.tif' }]), /instead of tiles/],
    [JSON.stringify([{ name: 'a', attribution: 'b', cog: ' ' }]), /path of a GeoTIFF/],
    [JSON.stringify([{ ...tianditu, tiles: ['https://a.b/{z}/{x}'] }]), /\{z\}, \{y\} and \{x\}/],
    [JSON.stringify([{ ...tianditu, tiles: ['https://{s}.b/{z}/{x}/{y}'] }]), /http\(s\)/],
    [JSON.stringify([{ ...tianditu, tiles: ['https://a.b;script-src/*/{z}/{x}/{y}'] }]), /http\(s\)/],
    [JSON.stringify([{ ...tianditu, tiles: ['javascript:{z}{x}{y}'] }]), /http\(s\)/],
    [JSON.stringify([{ ...tianditu, max_zoom: 40 }]), /max_zoom/],
    [JSON.stringify([{ ...tianditu, key: 'x' }]), /no field “key”/],
  ])('are refused in words: %s', (text, words) => expect(() => readBasemaps(text)).toThrow(words));
});
