/** 界址点 TXT: a line each (DOMAIN §4.1). */

import { box, gbk, header, makeTxt, type TxtOptions, unclosed } from '../../intake/make-txt.ts';
import { makeZip } from '../../intake/make-zip.ts';
import { type Add, cuts, group, load, refuse } from '../case.ts';
import { east, north, plotM2 } from '../shapes.ts';

const file = '地块.txt';
const plots = [0, 1, 2].map((i) => ({
  rings: [box(east + 150 * i, north, 100)],
  values: ['1.0', `${i}`, `地块${i}`, '面', '', '旱地', '0103'],
}));
const good = makeTxt(plots);
const three = load(3, { m2: 3 * plotM2 });
const plotEnds = [...good.matchAll(/^J1,.*(?=\r\n(?!J2))/gm)].flatMap(({ index, 0: line }) => {
  const end = gbk(good.slice(0, index + line.length)).length;
  // with fewer zeros behind its point the number is the same
  return [-4, -3, -2, -1, 0, 1, 2].map((n) => end + n);
});
const lines = good.split('\r\n');
/** line n instead; plots begin at lines 13, 19, 25 */
const withLine = (n: number, line: string) => gbk([...lines.slice(0, n - 1), line, ...lines.slice(n)].join('\r\n'));
const written = (options: TxtOptions) => gbk(makeTxt(plots, options));

export const txts = group('txt', { to: 'parcel-set', file, fields: {} }, (add) => {
  for (const at of cuts(gbk(good).length)) {
    // behind a whole plot nothing tells that others followed
    if (plotEnds.includes(at)) continue;
    add(
      `cut after ${at} of ${gbk(good).length} bytes`,
      gbk(good).subarray(0, at),
      refuse(['txt-invalid', 'coordinate-outside-crs', 'encoding-undetermined', 'not-a-zip', 'coordinate-invalid'], {
        file,
      }),
    );
  }
  faulty(add);
  sound(add);
});

function faulty(add: Add): void {
  const line = (odd: string, n: number, text: string, code: Parameters<typeof refuse>[0] = 'txt-invalid') =>
    add(odd, withLine(n, text), refuse(code, { file, row: n }));
  line('a coordinate in words', 21, 'J2,1,三一九,36500250.000');
  line('a coordinate without digits', 21, 'J2,1,,36500250.000');
  line('degrees, minutes, seconds', 21, 'J2,1,28°49′12″,108°46′12″');
  line('a point of hexadecimal', 21, 'J2,1,0x30b500,36500250');
  line('a point without commas', 21, 'J2 1 3192000.000 36500250.000');
  line('digits lost to an exponent', 21, 'J2,1,3192000.000,3.65003E+07');
  line('a coordinate NaN', 21, 'J2,1,NaN,36500250.000', 'coordinate-invalid');
  line('a coordinate 1.#QNAN', 21, 'J2,1,3192000.000,1.#QNAN', 'coordinate-invalid');
  line('a coordinate 1e300', 21, 'J2,1,1e300,36500250.000', 'coordinate-invalid');
  line('a coordinate of infinity', 21, 'J2,1,Infinity,36500250.000', 'coordinate-invalid');
  line('a digit too many', 21, 'J2,1,3192000.000,365002500.000', 'coordinate-invalid');
  line('a digit too few', 21, 'J2,1,319200.000,36500250.000', 'coordinate-outside-crs');
  line('the southern half of the earth', 21, 'J2,1,-3192000.000,36500250.000', 'coordinate-outside-crs');
  line('a plot line of two values', 19, '5,@');
  line('a plot line of a hundred values', 19, `5,1.0,1,甲,面${',x'.repeat(95)},@`);
  line('a plot that is a line', 19, '5,1.0,1,甲地,线,,旱地,0103,@', 'geometry-type');
  line('bytes of no text', 21, 'J2,1,\x00\x01\x02\x1b,1');
  line('a line of 100,000 letters', 21, `J2,1,${'3'.repeat(100_000)},1`);
  add('no plot', gbk(makeTxt([])), refuse('txt-invalid', { file }));
  add('a letter to somebody', gbk('会议纪要\n下周三前报送。\n'), refuse('txt-invalid', { file }));
  add(
    'noise',
    Buffer.from(Array.from({ length: 4000 }, (_, i) => Math.imul(i, 2654435761) >>> 24)),
    refuse('txt-invalid', { file }),
  );
  add(
    'Xian 80',
    written({ header: { ...header, 坐标系: '1980西安坐标系' } }),
    refuse('crs-unsupported-datum', { file }),
  );
  add('Beijing 54', written({ header: { ...header, 坐标系: '北京54' } }), refuse('crs-unsupported-datum', { file }));
  add(
    'another zone in its head than before its eastings',
    written({ header: { ...header, 带号: '35' } }),
    refuse('crs-conflict', { file }),
  );
  add(
    'a damaged letter',
    (() => {
      const bytes = gbk(good);
      bytes[bytes.indexOf(gbk('测试单位'))] = 0xff;
      return bytes;
    })(),
    refuse('encoding-undetermined', { file }),
  );
  add(
    'one id twice',
    gbk(makeTxt([plots[0]!, { ...plots[1]!, values: plots[0]!.values }])),
    refuse('duplicate-parcel-id', { rows: [13, 19] }),
  );
  add(
    'ten million lines',
    () => Buffer.concat([gbk(good), Buffer.alloc(10_000_000, '\n')]),
    refuse('too-large', { file }),
  );
  add(
    'a zip of it and of a text of zeros',
    makeZip([
      { name: 'a.txt', data: gbk(good) },
      { name: 'b.txt', data: Buffer.alloc(500) },
    ]),
    refuse('txt-invalid', { file: 'b.txt' }),
    { file: '地块.zip' },
  );
  add(
    'a zip of one name twice',
    makeZip(['a', 'a'].map((name) => ({ name: `${name}.txt`, data: gbk(good) }))),
    refuse('several-shapefiles'),
    { file: '地块.zip' },
  );
}

function sound(add: Add): void {
  add('GBK', gbk(good), three);
  add('UTF-8', good, three);
  add('UTF-8 with its mark', `\uFEFF${good}`, three);
  add('UTF-16 with its mark', Buffer.from(`\uFEFF${good}`, 'utf16le'), three);
  add('UTF-16 without a mark', Buffer.from(good, 'utf16le'), three);
  for (const [what, end] of [
    ['LF', '\n'],
    ['CR', '\r'],
  ] as const)
    add(`line ends of ${what}`, written({ end }), three);
  add('brackets of Chinese', written({ brackets: '【】' }), three);
  add('no head', written({ header: null }), load(3, { m2: 3 * plotM2, told: ['crs-inferred'] }));
  add('remarks above', written({ before: ['# 由某软件导出', '//', ''] }), three);
  add(
    'rings that are not closed',
    gbk(makeTxt(plots.map((plot) => ({ ...plot, rings: plot.rings.map(unclosed) })))),
    load(3, { m2: 3 * plotM2, told: ['ring-closed'] }),
  );
  add(
    'axes exchanged',
    written({ pair: ([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}` }),
    load(3, { m2: 3 * plotM2, told: ['axes-swapped'] }),
  );
  add('no zone before its eastings', written({ pair: ([x, y]) => `${y.toFixed(3)},${(x - 36e6).toFixed(3)}` }), three);
  add(
    'the count of points left out',
    gbk(makeTxt(plots.map((plot) => ({ ...plot, count: '' })))),
    load(3, { m2: 3 * plotM2 }),
  );
  add(
    'the count of points wrong',
    gbk(makeTxt(plots.map((plot) => ({ ...plot, count: '99' })))),
    load(3, { m2: 3 * plotM2, told: ['txt-point-count'] }),
  );
  add('points counted by numbers', written({ point: (_, overall) => String(overall) }), three);
  add(
    'a hole',
    gbk(makeTxt([{ rings: [box(east, north, 100), box(east + 10, north + 10, 50)] }])),
    load(1, { m2: 7500 }),
  );
  add(
    'values in SQL and formulas',
    gbk(
      makeTxt(
        plots.map((plot, i) => ({
          ...plot,
          values: ['1.0', `=cmd|${i}`, `'; drop table parcel; --`, '面', '', '旱地', '0103'],
        })),
      ),
    ),
    three,
  );
  add('a zip of three', makeZip([0, 1, 2].map((i) => ({ name: `${i}.txt`, data: gbk(makeTxt([plots[i]!])) }))), three, {
    file: '地块.zip',
    fields: { sublayer: '*' },
  });
}
