import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { encodingLabel } from '../../server/intake/text-encoding.ts';
import { type Cell, type Column, zippedLayer } from './make-shapefile.ts';
import { read, refusal } from './reading.ts';

interface Table {
  /** what the bytes really are */
  written: string;
  cpg?: string;
  ldid?: number;
  columns?: Column[];
  rows?: Cell[][];
}
const land: Cell[][] = [
  ['补充耕地1号', '旱地'],
  ['酉阳土家族苗族自治县', '水田'],
];
const table = ({ written, cpg, ldid, columns, rows }: Table) =>
  zippedLayer({
    columns: columns ?? [{ name: '地块', width: 40 }, { name: 'DLMC' }],
    rows: rows ?? land,
    dbf: { encoding: written, ldid },
    cpg,
  });
const texts = (rows: { attributes: Record<string, unknown> }[]) => rows.map((r) => Object.values(r.attributes));

describe('a declaration that the bytes bear out is followed without a word', () => {
  it.each<[string, Table, string, string, string]>([
    ['.cpg GBK', { written: 'gbk', cpg: 'GBK' }, 'GB18030', 'GBK', 'cpg'],
    ['.cpg UTF-8', { written: 'utf8', cpg: 'UTF-8\n' }, 'UTF-8', 'UTF-8', 'cpg'],
    ['.cpg 936', { written: 'gbk', cpg: '936' }, 'GB18030', '936', 'cpg'],
    ['LDID 77', { written: 'gbk', ldid: 0x4d }, 'GB18030', 'LDID 77', 'ldid'],
    ['LDID 122', { written: 'gbk', ldid: 0x7a }, 'GB18030', 'LDID 122', 'ldid'],
    ['.cpg before LDID', { written: 'utf8', cpg: 'UTF-8', ldid: 0x4d }, 'UTF-8', 'UTF-8', 'cpg'],
  ])('%s', async (_, made, encoding, declared, source) => {
    const { report, rows } = await read(table(made));
    expect(report.encoding).toMatchObject({ encoding, declared, source });
    expect(report.warnings).toEqual([]);
    expect(report.fields.map((f) => f.name)).toEqual(['地块', 'DLMC']);
    expect(texts(rows)).toEqual(land);
  });
  it('Big5, where it is declared', async () => {
    const traditional = [
      ['補充耕地一號', '旱地'],
      ['酉陽土家族苗族自治縣', '水田'],
    ];
    for (const declared of [{ cpg: 'BIG5' }, { ldid: 0x4f }, { ldid: 0x78 }]) {
      const { report, rows } = await read(
        table({
          written: 'big5',
          rows: traditional,
          columns: [{ name: 'DKMC', width: 40 }, { name: 'DLMC' }],
          ...declared,
        }),
      );
      expect(report.encoding?.encoding).toBe('Big5');
      expect(report.warnings).toEqual([]);
      expect(texts(rows)).toEqual(traditional);
    }
  });
});

describe('nothing is declared', () => {
  it.each<[string, Table, string]>([
    ['GBK', { written: 'gbk' }, 'GB18030'],
    ['UTF-8', { written: 'utf8' }, 'UTF-8'],
    ['GBK under LDID 87, which is what GDAL and ArcGIS write for "ANSI"', { written: 'gbk', ldid: 0x57 }, 'GB18030'],
    ['GBK beside a .cpg that says OEM', { written: 'gbk', cpg: 'OEM' }, 'GB18030'],
    [
      'four-byte GB18030',
      {
        written: 'gb18030',
        rows: [
          ['㐂㑇旱地水田', '𠀀村'],
          ['林地', '草地'],
        ],
      },
      'GB18030',
    ],
  ])('%s is known by its bytes', async (_, made, encoding) => {
    const { report, rows } = await read(table(made));
    expect(report.encoding).toMatchObject({ encoding, declared: null, source: 'content' });
    expect(report.warnings).toEqual([]);
    expect(texts(rows)).toEqual(made.rows ?? land);
  });
  it('ASCII alone says nothing, and needs nothing', async () => {
    const { report } = await read(zippedLayer());
    expect(report.encoding).toMatchObject({ encoding: 'UTF-8', declared: null });
    expect(report.warnings).toEqual([]);
  });
});

describe('a declaration that lies is overruled with a warning', () => {
  it.each<[string, Table, string]>([
    ['.cpg UTF-8 over GBK', { written: 'gbk', cpg: 'UTF-8' }, 'GB18030'],
    ['.cpg GBK over UTF-8', { written: 'utf8', cpg: 'GBK' }, 'UTF-8'],
    ['LDID 77 over UTF-8', { written: 'utf8', ldid: 0x4d }, 'UTF-8'],
    ['.cpg Big5 over GBK', { written: 'gbk', cpg: 'BIG5' }, 'GB18030'],
    ['.cpg ISO-8859-1 over GBK', { written: 'gbk', cpg: 'ISO-8859-1' }, 'GB18030'],
  ])('%s', async (_, made, encoding) => {
    const { report, rows } = await read(table(made));
    expect(report.encoding).toMatchObject({ encoding, source: 'content' });
    expect(report.warnings).toMatchObject([{ code: 'encoding-disagrees', where: { file: 'parcels.dbf' } }]);
    expect(texts(rows)).toEqual(land);
  });
  it('the warning names the first value that is not of it', async () => {
    const { report } = await read(
      table({
        written: 'gbk',
        cpg: 'UTF-8',
        columns: [{ name: 'DKBH' }, { name: 'DLMC' }],
        rows: [
          ['A1', 'x'],
          ['A2', '旱地'],
        ],
      }),
    );
    expect(report.warnings[0]).toMatchObject({ where: { row: 2, field: 'DLMC' } });
  });
});

describe('what cannot be told is asked', () => {
  it('bytes of no candidate', async () => {
    const rows = [
      [Buffer.from([0xd6, 0xd0, 0xff, 0xff, 0x41]), 'x'],
      ['b', 'y'],
    ];
    const problem = await refusal(table({ written: 'gbk', rows, columns: [{ name: 'DKMC' }, { name: 'DLMC' }] }));
    expect(problem).toMatchObject({
      code: 'encoding-undetermined',
      where: { file: 'parcels.dbf', row: 1, field: 'DKMC' },
    });
    expect(problem.detail.zh).toMatch(/encoding/);
  });
  it('private-use characters are never taken silently, a person may take them', async () => {
    // AAA1 is the first character of GBK's user-defined area
    const zip = table({
      written: 'gbk',
      rows: [
        [Buffer.from([0xaa, 0xa1, 0xb4, 0xe5]), 'x'],
        ['b', 'y'],
      ],
      columns: [{ name: 'DKMC' }, { name: 'DLMC' }],
    });
    expect(await refusal(zip)).toMatchObject({ code: 'encoding-undetermined' });
    const { report, rows } = await read(zip, { encoding: 'GBK' });
    expect(rows[0]!.attributes['DKMC']).toBe('\uE000村');
    expect(report.warnings).toMatchObject([{ code: 'text-strange', where: { row: 1, field: 'DKMC' } }]);
  });
});

describe('what the person says decides', () => {
  it('over everything else', async () => {
    const { report, rows } = await read(table({ written: 'gbk', cpg: 'UTF-8' }), { encoding: 'gbk' });
    expect(report.encoding).toMatchObject({ encoding: 'GB18030', source: 'user' });
    expect(report.warnings).toEqual([]);
    expect(texts(rows)).toEqual(land);
  });
  it('text that is not of it is refused with row and field, never stored as U+FFFD', async () => {
    expect(await refusal(table({ written: 'gbk' }), { encoding: 'UTF-8' })).toMatchObject({
      code: 'encoding-undetermined',
      where: { file: 'parcels.dbf', row: 1 },
    });
    expect(await refusal(table({ written: 'gbk' }), { encoding: 'klingon' })).toMatchObject({ code: 'validation' });
  });
});

describe('a character cut in half', () => {
  it('at the end of a full field is left off with a warning, and does not confuse the choice', async () => {
    const cut = iconv.encode('酉阳土家族苗族自治县', 'gbk').subarray(0, 9);
    const { report, rows } = await read(
      table({
        written: 'gbk',
        columns: [{ name: 'XZMC', width: 9 }, { name: 'DLMC' }],
        rows: [
          [cut, '旱地'],
          ['毛坝乡', '水田'],
        ],
      }),
    );
    expect(rows.map((r) => r.attributes['XZMC'])).toEqual(['酉阳土家', '毛坝乡']);
    expect(report.warnings).toMatchObject([{ code: 'text-cut', where: { row: 1, field: 'XZMC' } }]);
  });
  it('in UTF-8 too', async () => {
    const cut = Buffer.from('酉阳县').subarray(0, 8);
    const { report, rows } = await read(
      table({
        written: 'utf8',
        columns: [
          { name: 'XZMC', width: 8 },
          { name: 'DLMC', width: 30 },
        ],
        rows: [
          [cut, '旱地水田'],
          ['x', '林地'],
        ],
      }),
    );
    expect(report.encoding?.encoding).toBe('UTF-8');
    expect(rows[0]!.attributes['XZMC']).toBe('酉阳');
  });
  it('in a field name is left off without a warning: ten bytes are all a name has', async () => {
    for (const [written, name] of [
      ['gbk', '项目名称字'],
      ['utf8', '项目名'],
    ] as const) {
      const raw = iconv.encode('项目名称字段很长', written).subarray(0, 10);
      const { report } = await read(table({ written, columns: [{ name: raw, width: 40 }, { name: 'DLMC' }] }));
      expect(report.fields[0]!.name).toBe(name);
      expect(report.warnings).toEqual([]);
    }
  });
});

it('names of encodings are understood as bureaus write them', () => {
  for (const name of ['GBK', 'gb2312', 'GB18030', 'CP936', 'ANSI 936', 'ANSI_936', 'windows-936', 'LDID/77', 'EUC-CN'])
    expect(encodingLabel(name)).toBe('GB18030');
  for (const name of ['UTF-8', 'utf8', '65001', 'UTF_8']) expect(encodingLabel(name)).toBe('UTF-8');
  for (const name of ['OEM', 'ANSI', 'SYSTEM', '1936', '']) expect(encodingLabel(name)).toBeUndefined();
});
