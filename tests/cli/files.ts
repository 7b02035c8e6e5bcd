/** The files that the commands are given, as bytes. */
import { plot, zippedLayer } from '../intake/make-shapefile.ts';
import { geojson } from '../intake-receive/receiving.ts';

export const bytes = {
  // GBK without .cpg; the area stands under a name no alias knows, in 亩
  shapefile: zippedLayer({
    shapes: [plot(0), plot(1), plot(2)],
    columns: [
      { name: 'DKBH' },
      { name: 'XMBH' },
      { name: Buffer.from('cfeec4bfc3fb', 'hex') },
      { name: 'MJ', type: 'N', width: 12, decimals: 4 },
    ],
    rows: ['一号', '二号', '三号'].map((id, i) => [id, '50024220210001', '丁市镇土地整治项目', [15, 15, 16][i]!]),
    dbf: { encoding: 'gbk' },
  }),
  again: geojson([
    { rings: plot(1), properties: { DKBH: '二号', XMBH: '50024220210002', MJ: 15 } },
    { rings: plot(4), properties: { DKBH: '一号', XMBH: '50024220210002', MJ: 15 } },
  ]),
  withoutPrj: zippedLayer({
    stem: 'red',
    shapes: [[plot(0)[0]!.map(([x, y]) => [x - 50, y])]],
    columns: [{ name: 'HXMC' }],
    rows: [['红线']],
    prj: null,
  } as never),
  landUse: geojson([
    {
      rings: [
        [
          [36_576_000, 3_191_000],
          [36_579_000, 3_191_000],
          [36_579_000, 3_193_000],
          [36_576_000, 3_193_000],
          [36_576_000, 3_191_000],
        ],
      ],
      properties: { DLBM: '0103', DLMC: '旱地', ZZSXDM: 'LS' },
    },
  ]),
};
