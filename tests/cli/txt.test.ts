/** `verify` over 界址点 TXT: an archive of many, and a faulty file. */
import { expect, it } from 'vitest';
import { box, gbk, makeTxt } from '../intake/make-txt.ts';
import { makeZip } from '../intake/make-zip.ts';
import { requirePart } from '../support/parts.ts';
import { command, Desk, onFreshServer, readOut, wroteNothing } from './command.ts';

const desk = new Desk();
const textOf = (n: number) =>
  gbk(
    makeTxt([
      {
        rings: [box(36_577_000 + 120 * n, 3_192_000, 100)],
        values: ['1.0000', `P${n}`, '甲地', '面', '', '旱地', '0103'],
      },
    ]),
  );

requirePart('postgis')('verify of TXT', () => {
  it('joins an archive of them, or says what is wrong and where', async () => {
    const url = await onFreshServer();
    const names = ['甲村/坐标.txt', '乙村/坐标.TXT', '丙村/坐标.txt'];
    const zip = makeZip(names.map((name, n) => ({ name: gbk(name), data: textOf(n) })));
    const out = desk.out();
    const parcels = ['--parcels', desk.file('坐标.zip', zip), '--sublayer', '*'];
    const ended = await command('verify', ...parcels, '--out', out, ...url);
    expect(ended.code, ended.stderr).toBe(0);
    const { geojson } = readOut(out);
    // in order of the paths: 丙 (U+4E19), 乙 (U+4E59), 甲 (U+7532)
    expect(geojson.features.map(({ properties: p }) => [p['parcel_id'], p['declared_area_m2']])).toEqual([
      ['P2', 10_000],
      ['P1', 10_000],
      ['P0', 10_000],
    ]);
    // 100 m at this distance from the meridian, DOMAIN §1.7; 240 m east of it the figure changes by 0.001
    for (const { properties } of geojson.features)
      expect(Math.abs((properties['area_m2'] as number) - 9998.5357)).toBeLessThan(0.05);

    const bad = desk.file('坐标.txt', Buffer.concat([textOf(0), Buffer.from('J9,1,3192000.0x,1\r\n')]));
    const nowhere = desk.out();
    const refused = await command('verify', '--parcels', bad, '--out', nowhere, ...url);
    expect(refused.code).toBe(2);
    expect(refused.problem).toMatchObject({
      code: 'txt-invalid',
      status: 422,
      where: { file: '坐标.txt', row: 19 },
    });
    expect(wroteNothing(nowhere)).toBe(true);
  });
});
