/** What `verify` refuses, and how: 2 and a problem where the input is at fault, 1 for anything else, and no file either way. */
import { beforeAll, describe, expect, it } from 'vitest';
import { layerMembers, plot, zippedLayer } from '../intake/make-shapefile.ts';
import { makeZip } from '../intake/make-zip.ts';
import { geojson } from '../intake-receive/receiving.ts';
import { freshPlace } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { command, Desk, readOut, throughNpm, wroteNothing } from './command.ts';
import { bytes } from './files.ts';

const desk = new Desk();

describe('verify refuses at once', () => {
  const parcels = () => desk.file('parcels.zip', bytes.shapefile);
  it.each<[string, () => string[], string]>([
    ['without parcels', () => ['--out', desk.out()], '--parcels'],
    ['without a folder to write to', () => ['--parcels', parcels()], '--out'],
    ['a parcel file that is not there', () => ['--parcels', '/no/such/地块.zip', '--out', desk.out()], '--parcels'],
    ['a folder for a file', () => ['--parcels', desk.folder, '--out', desk.out()], '--parcels'],
    [
      'a layer file that is not there',
      () => ['--parcels', parcels(), '--layer', 'boundary=/no/such.zip', '--out', desk.out()],
      '--layer',
    ],
    ['a layer without a type', () => ['--parcels', parcels(), '--layer', parcels(), '--out', desk.out()], '--layer'],
    [
      'a parameter without a value',
      () => ['--parcels', parcels(), '--param', 'eco-red-line.min_area_m2', '--out', desk.out()],
      '--param',
    ],
    [
      'a parameter without a check',
      () => ['--parcels', parcels(), '--param', 'min_area_m2=1', '--out', desk.out()],
      '--param',
    ],
    [
      'a region that is no county code',
      () => ['--parcels', parcels(), '--region', '5002', '--out', desk.out()],
      '--region',
    ],
    ['an srid that is no number', () => ['--parcels', parcels(), '--srid', 'CGCS2000', '--out', desk.out()], '--srid'],
    [
      'an srid of a file that is not there',
      () => ['--parcels', parcels(), '--srid', '/no/such.zip=4524', '--out', desk.out()],
      '--srid',
    ],
    [
      'an encoding of a file that is not one of those given',
      () => [
        '--parcels',
        parcels(),
        '--encoding',
        `${desk.file('other.zip', bytes.shapefile)}=GBK`,
        '--out',
        desk.out(),
      ],
      '--encoding',
    ],
    ['an option there is not', () => ['--parcels', parcels(), '--threshold', '5', '--out', desk.out()], ''],
  ])('%s', async (_, args, field) => {
    const { code, stdout, problem } = await command('verify', ...args());
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(problem).toMatchObject({ code: 'validation', status: 400, request_id: null });
    if (field !== '') expect(problem).toMatchObject({ where: { field } });
  });
});

requirePart('postgis')('verify refuses', () => {
  const beijing54 =
    'PROJCS["Beijing_1954_3_Degree_GK_Zone_36",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';
  const two = makeZip([
    ...layerMembers({ stem: 'a' }),
    ...layerMembers({ stem: 'b', shapes: [plot(5)], rows: [['P9']] }),
  ]);
  const good = () => ['--parcels', desk.file('parcels.zip', bytes.shapefile)];
  const landUse = () => desk.file('dltb.geojson', bytes.landUse);
  let url: string;
  beforeAll(async () => {
    url = await freshPlace('postgis');
  });

  it.each<[string, () => string[], number, object]>([
    [
      'a broken zip',
      () => ['--parcels', desk.file('broken.zip', 'this is no archive')],
      422,
      { code: 'not-a-zip', where: { file: 'broken.zip' } },
    ],
    [
      'a zip cut in half',
      () => ['--parcels', desk.file('half.zip', bytes.shapefile.subarray(0, 400))],
      422,
      { code: 'not-a-zip', where: { file: 'half.zip' } },
    ],
    [
      'Beijing 54',
      () => ['--parcels', desk.file('bj54.zip', zippedLayer({ prj: beijing54 }))],
      422,
      { code: 'crs-unsupported-datum', where: {} },
    ],
    [
      'an --srid against the .prj',
      () => [...good(), '--srid', '4523'],
      422,
      { code: 'crs-conflict', where: { candidates: ['EPSG:4524', 'EPSG:4523'] } },
    ],
    [
      'several layers in one archive',
      () => ['--parcels', desk.file('two.zip', two)],
      422,
      { code: 'several-shapefiles', where: {} },
    ],
    [
      'ids that repeat',
      () => ['--parcels', desk.file('twice.zip', zippedLayer({ rows: [['A'], ['A']] }))],
      422,
      { code: 'duplicate-parcel-id', where: { rows: [1, 2] } },
    ],
    [
      'a field there is not',
      () => [...good(), '--field', 'parcel_no=DKBH'],
      400,
      { code: 'validation', where: { field: 'parcel_no' } },
    ],
    [
      'land use without its year',
      () => [...good(), '--layer', `land-use=${landUse()}`],
      400,
      { code: 'validation', where: { field: 'year' } },
    ],
    [
      'a layer type there is not',
      () => [...good(), '--layer', `red-line=${landUse()}`],
      400,
      { code: 'validation', where: { field: 'type' } },
    ],
    [
      'land use without classes',
      () => [...good(), '--layer', `land-use@2022=${desk.file('bare.geojson', geojson([{ rings: plot(0) }]))}`],
      422,
      { code: 'attribute-missing', where: { field: 'DLBM' } },
    ],
    [
      'a parameter there is not',
      () => [...good(), '--param', 'eco-red-line.min_area=5'],
      400,
      { code: 'validation', where: { field: 'eco-red-line.min_area' } },
    ],
    [
      'a check there is not, whatever it is called',
      () => [...good(), '--param', '__proto__.min_area_m2=5'],
      400,
      { code: 'validation', where: { field: '__proto__.min_area_m2' } },
    ],
    ['a share over 1', () => [...good(), '--param', '*.max_unknown_share=2'], 400, { code: 'validation', where: {} }],
    [
      'two counties in one run',
      () => [
        ...good(),
        '--parcels',
        desk.file('other.geojson', geojson([{ rings: plot(9), properties: { DKBH: 'x', XMBH: '50024320210001' } }])),
      ],
      400,
      { code: 'validation', where: { field: 'parcel_set_ids' } },
    ],
  ])('%s: exit 2, the problem on the last line of stderr, no file written', async (_, args, status, problem) => {
    const out = desk.out();
    const ended = await command('verify', ...args(), '--out', out, '--database-url', url);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.problem).toMatchObject({ ...problem, status, request_id: null });
    expect(Object.keys(ended.problem!).sort()).toEqual([
      'code',
      'detail',
      'request_id',
      'status',
      'title',
      'type',
      'where',
    ]);
    expect(ended.problem!['detail']).toMatch(/[\u4e00-\u9fff]/);
    expect(wroteNothing(out)).toBe(true);
  });

  it.each<[string, string[], string[]]>([
    ["--sublayer '*' joins all layers of the archive", ['--sublayer', '*'], ['P1', 'P2', 'P9']],
    ['--sublayer NAME takes one', ['--sublayer', 'b'], ['P9']],
    ['--sublayer PATH=NAME speaks of one file', ['--sublayer', 'two.zip=a'], ['P1', 'P2']],
  ])('nothing where %s', async (_, args, ids) => {
    const path = desk.file('two.zip', two);
    const out = desk.out();
    const said = args.map((arg) => arg.replace('two.zip', path));
    const ended = await command('verify', '--parcels', path, ...said, '--out', out, '--database-url', url);
    expect(ended.stderr + (ended.code === 0 ? '' : ' !')).not.toContain('!');
    expect(readOut(out).geojson.features.map(({ properties }) => properties['parcel_id'])).toEqual(ids);
  });

  it('nothing, but ends with 1, where the database is not there: that is no fault of the input', async () => {
    const out = desk.out();
    const ended = await command('verify', ...good(), '--out', out, '--database-url', 'postgres://127.0.0.1:1/none');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.problem).toBeUndefined();
    expect(wroteNothing(out)).toBe(true);
  });
});

describe('the command line', () => {
  it('tells its usage when asked, and ends with 2 on a command there is not', async () => {
    const help = await command('help');
    expect(help.code).toBe(0);
    expect(help.stderr).toContain('verify --parcels FILE');
    expect((await command('check')).code).toBe(2);
  });

  it('is `npm run verify`, which adds nothing behind the problem', async () => {
    const ended = await throughNpm('--out', desk.out());
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      problem: { code: 'validation', where: { field: '--parcels' } },
    });
  });
});
