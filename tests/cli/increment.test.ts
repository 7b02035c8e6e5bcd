/** `verify` with years that come as increments, in whatever order they are named. */
import { beforeAll, expect, it } from 'vitest';
import { increment, new2022, new2023, of2021, steps2022, steps2023, wholeYear } from '../intake-receive/increments.ts';
import { geojson } from '../intake-receive/receiving.ts';
import { requirePart } from '../support/parts.ts';
import { box, plot } from '../verification/small-runs.ts';
import { command, Desk, onFreshServer, readOut } from './command.ts';

const desk = new Desk();
const files = () => ({
  parcels: desk.file(
    'p.geojson',
    geojson([plot(box(20, 20, 160, 60), { DKBH: 'west', XMBH: '50024220220001', YSRQ: '2022-11-30' })]),
  ),
  base: desk.file('dltb.zip', wholeYear(of2021)),
  of22: desk.file('zlb22.zip', increment(new2022, steps2022)),
  of23: desk.file('zlb23.zip', increment(new2023, steps2023)),
});

requirePart('postgis')('verify with increments', () => {
  it('finds the year before each, and judges by the newest', async () => {
    const { parcels, base, of22, of23 } = files();
    const out = desk.out();
    const url = await onFreshServer();
    const ended = await command(
      ...['verify', '--parcels', parcels, '--out', out, ...url],
      ...['--layer', `land-use@2023=${of23}`, '--layer', `land-use@2022=${of22}`, '--layer', `land-use@2021=${base}`],
      ...['--increment', of23, '--increment', `${of22}=2021`],
    );
    expect(ended.stderr).not.toContain('!');
    expect(ended.code, ended.stderr).toBe(0);
    const [feature] = readOut(out).geojson.features;
    const finding = (feature!.properties['checks'] as Record<string, { year: number; area_m2: number }>)[
      'not-cultivated'
    ]!;
    expect(finding.year).toBe(2023);
    // 果园 20–40 m, forest 40–100 m, 40 m high
    expect(finding.area_m2).toBeCloseTo(80 * 40, 2);
  });
});

requirePart('postgis')('verify refuses an increment', () => {
  let url: string[];
  beforeAll(async () => {
    url = await onFreshServer();
  });

  it.each([
    ['of a file that is no layer', (f: ReturnType<typeof files>) => ['--increment', f.parcels], '--increment'],
    ['of a file that is not there', () => ['--increment', '/no/such.zip'], '--increment'],
    ['without a base', (f: ReturnType<typeof files>) => ['--increment', f.of22], 'year'],
    ['of a base that is not older', (f: ReturnType<typeof files>) => ['--increment', `${f.of22}=2022`], 'base_year'],
  ])('%s', async (_, more, field) => {
    const given = files();
    const ended = await command(
      ...['verify', '--parcels', given.parcels, '--layer', `land-use@2022=${given.of22}`, '--out', desk.out()],
      ...more(given),
      ...url,
    );
    expect([ended.code, (ended.problem?.['where'] as { field?: string } | undefined)?.field]).toEqual([2, field]);
  });
});
