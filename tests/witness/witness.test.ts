/**
 * The witness itself, on squares whose areas are known by hand: on the central meridian of EPSG:4529 (easting 41 500 000)
 * the scale is 1, so a 100 m square is 10 000 m² on the ellipsoid to a millimetre.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { compareWithWitness } from './compare.ts';
import { runWitness } from './run.ts';

type Box = [x: number, y: number, width: number, height: number];
type Properties = Record<string, string | number | null>;

const origin = [41_499_900, 3_210_000] as const;

function collection(features: [Box, Properties][]): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: 'EPSG:4529' } },
    features: features.map(([[x, y, w, h], properties]) => {
      const [x0, y0] = [origin[0] + x, origin[1] + y];
      const ring = [
        [x0, y0],
        [x0 + w, y0],
        [x0 + w, y0 + h],
        [x0, y0 + h],
        [x0, y0],
      ];
      return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } };
    }),
  });
}

const parcel = (id: string, more: Properties = {}): Properties => ({
  DKBH: id,
  XMBH: '99000120210001',
  XZMJ: 1.0,
  YSRQ: '2022-06-30',
  ...more,
});

const files: Record<string, string> = {
  parcels: collection([
    [[0, 0, 100, 100], parcel('A')],
    [[100, 0, 100, 100], parcel('B')], // shares only its edge with A
    [[150, 0, 100, 100], parcel('C')], // shares 50 × 100 with B
    [[0, 200, 100, 100], parcel('D', { YSRQ: '2024-01-01', XZMJ: 1.02 })],
    [[0, 400, 100, 100], parcel('E', { DKLX: '提质改造', XMBH: 'no year', XZMJ: null })],
  ]),
  red: collection([
    [[0, 0, 30, 100], { HXMC: 'west' }],
    [[20, 0, 20, 100], { HXMC: 'laps over west by 10 m' }],
  ]),
  now: collection([
    [[0, 0, 100, 60], { DLBM: '0103', ZZSXDM: 'LS' }],
    [[0, 60, 100, 40], { DLBM: '0301', ZZSXDM: 'JKHF' }],
    [[100, 0, 150, 100], { DLBM: '0103', ZZSXDM: 'WG' }],
    [[0, 200, 100, 100], { DLBM: '0101', ZZSXDM: 'LS' }],
    [[0, 400, 100, 50], { DLBM: '0101', ZZSXDM: null }],
    [[0, 450, 100, 49.5], { DLBM: '0201K', ZZSXDM: null }],
  ]),
  before: collection([
    [[0, 0, 250, 50], { DLBM: '011' }],
    [[0, 50, 250, 450], { DLBM: '043' }],
  ]),
  issues: collection([[[90, 0, 20, 100], { ZGCS: '核减指标' }]]),
};

interface Found {
  parcel_id: string;
  area_m2: number;
  verdict: string;
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  pieces: { reasons: string[]; measure: string; area_m2: number }[];
  checks: Record<
    string,
    { outcome: string; reason?: string; area_m2?: number; unknown_area_m2?: number } & Record<string, unknown>
  >;
}

requirePart('shapely')('the witness on squares worked by hand', () => {
  let folder: string;
  let out: { parcels: Found[]; summary: { by_verdict: Record<string, number> } };
  const of = (id: string) => out.parcels.find((p) => p.parcel_id === id)!;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'witness-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.geojson`), text);
    const layer = (type: string, name: string) => ['--layer', `${type}=${join(folder, `${name}.geojson`)}`];
    await runWitness([
      ...['--parcels', join(folder, 'parcels.geojson')],
      ...layer('eco-red-line', 'red'),
      ...layer('land-use@2023', 'now'),
      ...layer('land-use@2018', 'before'),
      ...layer('issue', 'issues'),
      ...['--out', join(folder, 'out.json')],
    ]);
    out = JSON.parse(await readFile(join(folder, 'out.json'), 'utf8'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('measures on the ellipsoid', () => {
    for (const found of out.parcels) expect(found.area_m2).toBeCloseTo(10_000, 3);
  });

  it('counts overlapping pieces of one mask once: 40 m of red line, not 50', () => {
    expect(of('A').checks['eco-red-line']).toMatchObject({ outcome: 'fail' });
    expect(of('A').checks['eco-red-line']!.area_m2).toBeCloseTo(4000, 2);
  });

  it('cuts a parcel into faces that keep every reason and count once', () => {
    // columns 0–40 red, 40–90 nothing, 90–100 issue; rows 0–50 were farmland in 2018, 60–100 is forest now
    const pieces = Object.fromEntries(of('A').pieces.map((p) => [`${p.reasons.join('+')}:${p.measure}`, p.area_m2]));
    const expected: Record<string, number> = {
      'eco-red-line+prior-farmland:deduct': 40 * 50,
      'eco-red-line:deduct': 40 * 10,
      'eco-red-line+not-cultivated:deduct': 40 * 40,
      'prior-farmland:deduct': 50 * 50,
      'not-cultivated:restore': 50 * 40,
      'prior-farmland+known-issue:deduct': 10 * 50,
      'known-issue:deduct': 10 * 10,
      'not-cultivated+known-issue:deduct': 10 * 40,
    };
    expect(Object.keys(pieces).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, area] of Object.entries(expected)) expect(pieces[key], key).toBeCloseTo(area, 2);
    expect(of('A').kept_area_m2).toBeCloseTo(50 * 10, 2);
  });

  it('lets only the greater id of an overlapping pair carry the piece, while both fail', () => {
    expect(of('B').checks['parcel-overlap']).toMatchObject({ outcome: 'fail', with: ['C'] });
    expect(of('C').checks['parcel-overlap']).toMatchObject({ outcome: 'fail', with: ['B'] });
    expect(of('A').checks['parcel-overlap']).toMatchObject({ outcome: 'pass' });
    expect(of('B').pieces.some((p) => p.reasons.includes('parcel-overlap'))).toBe(false);
    expect(of('C').deduct_area_m2).toBeCloseTo(50 * 100 + 50 * 50, 2);
    expect(of('C').remediate_area_m2).toBeCloseTo(50 * 50, 2);
  });

  it('does not judge work that the survey has not seen', () => {
    for (const check of ['not-cultivated', 'abandoned', 'non-grain']) {
      expect(of('D').checks[check]).toMatchObject({ outcome: 'undetermined', reason: 'layer-too-old' });
    }
    expect(of('D').checks['area-mismatch']).toMatchObject({ outcome: 'fail' });
  });

  it('tells missing evidence from what does not apply', () => {
    const { checks } = of('E');
    expect(checks['prior-farmland']).toMatchObject({ outcome: 'not_applicable', reason: 'plot-type' });
    expect(checks['area-mismatch']).toMatchObject({ outcome: 'not_applicable' });
    expect(checks['no-levelling']).toMatchObject({ outcome: 'not_applicable' });
    expect(checks['steep-slope']).toMatchObject({ outcome: 'undetermined', reason: 'layer-missing' });
    expect(checks['abandoned']).toMatchObject({ outcome: 'undetermined', reason: 'attribute-missing' });
    expect(checks['abandoned']!.unknown_area_m2).toBeCloseTo(5050, 2);
    // half a metre in a hundred lies outside the survey: under 1 %, so what is known decides
    expect(checks['not-cultivated']).toMatchObject({ outcome: 'fail', by_group: { orchard: expect.closeTo(4950, 2) } });
  });

  it('agrees with itself, and the comparison notices one changed figure', () => {
    const features = out.parcels.map((properties) => ({ type: 'Feature', properties }));
    const same = compareWithWitness({ features }, out);
    expect(same.differences).toEqual([]);
    expect(same.compared).toBeGreaterThan(250);
    const changed = structuredClone(out);
    changed.parcels[0]!.checks['eco-red-line']!.area_m2! += 1.5;
    changed.parcels[4]!.checks['abandoned']!.outcome = 'pass';
    expect(compareWithWitness({ features }, changed).differences).toHaveLength(2);
  });
});
