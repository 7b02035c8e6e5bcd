/** `verify` as the contract describes it: files in, four files and an exit code out. */
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { checks } from '../../server/checks/index.ts';
import { checkIds } from '../../server/domain/outcome.ts';
import { ogrinfo } from '../exports/readers.ts';
import { plot } from '../intake/make-shapefile.ts';
import { geojson } from '../intake-receive/receiving.ts';
import { hasPart, requirePart } from '../support/parts.ts';
import { command, Desk, type Ended, onFreshServer, readOut, type VerdictFiles } from './command.ts';
import { bytes } from './files.ts';

const desk = new Desk();

/** what the good run is given; arguments of a server's database, or none for the embedded one */
function goodArguments(out: string, database: string[] = []): string[] {
  const shapefile = desk.file('地块.zip', bytes.shapefile);
  const red = desk.file('red.zip', bytes.withoutPrj);
  return [
    'verify',
    ...['--parcels', shapefile, '--parcels', desk.file('again.geojson', bytes.again)],
    ...['--layer', `eco-red-line=${red}`, '--layer', `land-use@2022=${desk.file('dltb.geojson', bytes.landUse)}`],
    ...['--field', 'declared_area_m2=MJ', '--srid', `${red}=4524`, '--encoding', `${shapefile}=GBK`],
    ...[
      '--param',
      'eco-red-line.min_area_m2=20',
      '--param',
      '*.max_unknown_share=0.02',
      '--param',
      'prior-farmland.base_year=2022',
    ],
    ...['--out', out, ...database],
  ];
}

for (const kind of ['embedded', 'postgis'] as const) {
  (kind === 'postgis' ? requirePart('postgis') : requirePart())(`verify (${kind})`, () => {
    const out = desk.out();
    let ended: Ended;
    let files: VerdictFiles;
    beforeAll(async () => {
      ended = await command(...goodArguments(out, kind === 'postgis' ? await onFreshServer() : []));
      if (ended.code === 0) files = readOut(out);
    });

    it('ends with 0, progress on stderr, and the summary alone on stdout', () => {
      expect(ended.stderr).toContain('100 %');
      expect(ended.code).toBe(0);
      expect(JSON.parse(ended.stdout)).toEqual(files.summary);
    });

    it('writes one feature a parcel in upload order, ids that two sets share included', () => {
      const properties = files.geojson.features.map((feature) => feature.properties);
      expect(properties.map((p) => [p['project_code'], p['parcel_id']])).toEqual([
        ['50024220210001', '一号'],
        ['50024220210001', '二号'],
        ['50024220210001', '三号'],
        ['50024220210002', '二号'],
        ['50024220210002', '一号'],
      ]);
      // 15 亩 are 10,000 m²; the second 二号 is another project's and carries the overlap, being of the later set
      expect(properties.map((p) => Math.round(p['declared_area_m2'] as number))).toEqual([
        10_000, 10_000, 10_667, 10_000, 10_000,
      ]);
      const overlapping = properties.map((p) =>
        (p['pieces'] as { reasons: string[] }[]).some(({ reasons }) => reasons.includes('parcel-overlap')),
      );
      expect(overlapping).toEqual([false, false, false, true, false]);
      expect(
        properties.map((p) => (p['checks'] as Record<string, { outcome: string }>)['eco-red-line']!.outcome),
      ).toEqual(['fail', 'pass', 'pass', 'pass', 'pass']);
    });

    it('writes coordinates with nine decimals or more', () => {
      const numbers = [...files.geojsonText.matchAll(/\[(-?\d+\.\d+),(-?\d+\.\d+)\]/g)].flatMap(([, x, y]) => [x!, y!]);
      expect(numbers.length).toBeGreaterThanOrEqual(50);
      for (const number of numbers) expect(number.split('.')[1]!.length).toBeGreaterThanOrEqual(9);
    });

    it('writes the table with a BOM and the columns of the contract, as the features say', () => {
      expect(files.csv.charCodeAt(0)).toBe(0xfeff);
      const [head, ...rows] = files.csv.slice(1).trimEnd().split('\r\n');
      expect(head!.split(',')).toEqual([
        ...['parcel_id', 'project_code', 'project_name', 'township', 'declared_area_m2', 'area_m2', 'verdict'],
        ...['deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'],
        ...checkIds.flatMap((id) => [`${id}.outcome`, `${id}.area_m2`]),
      ]);
      const table = rows.map((row) => row.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1')));
      expect(table.map(([id]) => id)).toEqual(['一号', '二号', '三号', '二号', '一号']);
      files.geojson.features.forEach(({ properties }, i) => {
        expect(Number(table[i]![5])).toBe(properties['area_m2']);
        expect(table[i]![6]).toBe(properties['verdict']);
      });
    });

    it('writes a manifest that pins files, layers, checks, parameters, engines and assumptions', () => {
      const { manifest } = files;
      const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
      expect(manifest['inputs']).toMatchObject([
        {
          role: 'judged',
          file_name: '地块.zip',
          sha256,
          feature_count: 3,
          decisions: { crs: { srid: 4524, source: 'prj' }, encoding: {} },
        },
        { role: 'judged', file_name: 'again.geojson', sha256, feature_count: 2 },
      ]);
      expect(manifest['layers']).toMatchObject([
        { type: 'eco-red-line', sha256, decisions: { crs: { srid: 4524, source: 'user' } } },
        { type: 'land-use', year: 2022, sha256, code_system: 'td3' },
      ]);
      const pinned = manifest['checks'] as { id: string; version: number; params: Record<string, unknown> }[];
      expect(pinned.map(({ id, version }) => [id, version])).toEqual(checks.map(({ id, version }) => [id, version]));
      expect(pinned.find(({ id }) => id === 'eco-red-line')!.params).toEqual({
        min_area_m2: 20,
        max_unknown_share: 0.02,
      });
      expect(pinned.find(({ id }) => id === 'occupied')!.params).toEqual({ min_area_m2: 10, max_unknown_share: 0.02 });
      expect(pinned.find(({ id }) => id === 'prior-farmland')!.params).toMatchObject({ base_year: 2022 });
      expect(manifest['engines']).toMatchObject({
        database: kind,
        postgis: expect.stringMatching(/^3\./),
        geos: expect.any(String),
        proj: expect.any(String),
      });
      expect((manifest['assumptions'] as { code: string }[]).map(({ code }) => code)).toContain(
        'complete-without-boundary',
      );
    });

    it('sums up what the features say', () => {
      const {
        summary,
        geojson: { features },
      } = files;
      expect(summary['parcel_count']).toBe(5);
      const sum = (name: string) => features.reduce((total, { properties }) => total + (properties[name] as number), 0);
      for (const name of ['area_m2', 'deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'])
        expect(summary[name] as number).toBeCloseTo(sum(name), 6);
      expect(summary['elapsed_s']).toBeTypeOf('number');
      expect(summary['total_s'] as number).toBeGreaterThan(summary['elapsed_s'] as number);
    });

    if (hasPart('gdal'))
      it('writes features that GDAL reads', async () => {
        const info = await ogrinfo('-ro', '-so', '-al', join(out, 'verdicts.geojson'));
        expect(info).toContain('Feature Count: 5');
        expect(info).toContain('Geometry: Multi Polygon');
      });
  });
}

requirePart('postgis')('the county of a run', () => {
  const square = (n: number, properties: Record<string, unknown>) => ({ rings: plot(n), properties });
  const coded = () => desk.file('coded.geojson', geojson([square(0, { DKBH: 'a', XMBH: '50024320210001' })]));
  const bare = () => desk.file('bare.geojson', geojson([square(2, { DKBH: 'b' })]));
  const boundary = () => desk.file('county.geojson', geojson([square(4, { XZQDM: '500244', XZQMC: '某县' })]));
  const decided = async (...args: string[]) => {
    const out = desk.out();
    const ended = await command('verify', ...args, '--out', out, ...(await onFreshServer()));
    expect(ended.stderr).toContain('100 %');
    const { manifest } = readOut(out);
    const inputs = manifest['inputs'] as { decisions: { region: { region_code: string; source: string } } }[];
    return [
      manifest['region_code'],
      ...inputs.map(({ decisions: { region } }) => `${region.region_code} ${region.source}`),
    ];
  };

  it('is that of the project codes, whichever file has them', async () => {
    const byCodes = ['500243', '500243 project-codes', '500243 project-codes'];
    expect(await decided('--parcels', coded(), '--parcels', bare(), '--layer', `boundary=${boundary()}`)).toEqual(
      byCodes,
    );
    expect(await decided('--parcels', bare(), '--parcels', coded(), '--layer', `boundary=${boundary()}`)).toEqual(
      byCodes,
    );
  });

  it('is that of the boundary where no code names one, and the one that is given before all', async () => {
    const files = ['--parcels', bare(), '--layer', `boundary=${boundary()}`];
    expect(await decided(...files)).toEqual(['500244', '500244 boundary']);
    expect(await decided(...files, '--region', '500245')).toEqual(['500245', '500245 given']);
  });
});
