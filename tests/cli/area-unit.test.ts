import { expect, it } from 'vitest';
import { geojson } from '../http/county.ts';
import { requirePart } from '../support/parts.ts';
import { command, Desk, onFreshServer, readOut, wroteNothing } from './command.ts';

const desk = new Desk();
const plot = (project: string, west: number, DKMJ: number) =>
  geojson([{ west, south: 28.8, properties: { DKBH: '1', XMBH: project, DKMJ } }]);

requirePart('postgis')('verify --area-unit', () => {
  it('speaks of all parcel files or of one, and a unit against the sums is told on stderr', async () => {
    // a plot of some 10,800 m²: 16 is 亩 by the sums, 1.08 公顷
    const first = desk.file('甲.geojson', plot('50024220210001', 108.8, 16));
    const second = desk.file('乙.geojson', plot('50024220210002', 108.81, 1.08));
    const out = desk.out();
    const ended = await command(
      ...['verify', '--parcels', first, '--parcels', second, '--area-unit', 'mu', '--area-unit', `${second}=ha`],
      ...['--out', out, ...(await onFreshServer())],
    );
    expect(ended.code, ended.stderr).toBe(0);
    const areas = readOut(out).geojson.features.map(({ properties }) => properties['declared_area_m2']);
    expect(areas).toEqual([(16 * 2000) / 3, 10_800]);
    expect(ended.stderr).not.toContain('请核对面积单位');

    const wrong = desk.out();
    const against = await command(
      ...['verify', '--parcels', first, '--area-unit', 'ha', '--out', wrong, ...(await onFreshServer())],
    );
    expect(against.code).toBe(0);
    expect(against.stderr).toMatch(/按指定的单位（公顷）计.*请核对面积单位/);
    const [only] = readOut(wrong).geojson.features;
    expect(only?.properties['declared_area_m2']).toBe(160_000);
  });

  it('that is none, or speaks of a file that is not among the parcels, ends with 2', async () => {
    const file = desk.file('丙.geojson', plot('50024220210003', 108.8, 16));
    const other = desk.file('丁.geojson', plot('50024220210004', 108.8, 16));
    for (const value of ['亩', `${other}=mu`]) {
      const out = desk.out();
      const ended = await command(
        'verify',
        '--parcels',
        file,
        '--area-unit',
        value,
        '--out',
        out,
        ...(await onFreshServer()),
      );
      expect(ended.code).toBe(2);
      expect(ended.problem).toMatchObject({ code: 'validation', where: { field: '--area-unit' } });
      expect(wroteNothing(out)).toBe(true);
    }
  });
});
