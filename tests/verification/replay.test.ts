/** A replay recomputes a run from its manifest and says whether it stands; whatever was changed since is named. */
import { type Kysely, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { Schema } from '../../server/database/schema.ts';
import { sampleCounty } from '../../server/load-samples.ts';
import { type Difference, leavesThatDiffer } from '../../server/verification/differences.ts';
import { RunCancelled } from '../../server/verification/do-chunks.ts';
import { type Replay, replayRun } from '../../server/verification/replay.ts';
import { executeRun } from '../../server/verification/run.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { type Loaded, loadSampleCounty, verify } from './county.ts';
import { config, type Ran, SmallCounty } from './small-runs.ts';
import { evidenceFiles, rect, type Site } from './squares.ts';

removeFiles();

/** Three parcels: one without conflict, one under the red line with a steep corner, one not cultivated that overlaps an earlier one. */
const sites: Site[] = [
  { id: 'clean', x: 0, y: 0, evidence: [] },
  {
    id: 'struck',
    x: 0,
    y: 300,
    evidence: [
      { reason: 'eco-red-line', measure: 'deduct', at: rect(0, 0, 40, 100) },
      { reason: 'steep-slope', measure: 'deduct', at: rect(20, 0, 60, 50) },
    ],
  },
  {
    id: 'idle',
    x: 0,
    y: 600,
    evidence: [
      { reason: 'not-cultivated', measure: 'restore', at: rect(0, 0, 50, 50) },
      { reason: 'parcel-overlap', measure: 'deduct', at: rect(70, 70, 120, 120) },
    ],
  },
];

eachDatabase('a replay', (open) => {
  let database: Database;
  let db: Kysely<Schema>;
  let here: SmallCounty;
  let ran: Ran;
  let sets: { before: string; judged: string };
  const layers = new Map<string, string>();
  const deps = () => ({ database, config: { ...config, chunkSize: { embedded: 2, postgis: 2 } } });
  const replay = (hooks = {}) => replayRun(deps(), ran.run, hooks);

  /** What a replay says while the database is changed by a statement; then it is as it was. */
  async function whileChanged(change: string, undo: string): Promise<Replay> {
    const { numAffectedRows } = await sql.raw(change).execute(db);
    expect(numAffectedRows, change).toBe(1n);
    try {
      return await replay();
    } finally {
      await sql.raw(undo).execute(db);
    }
  }
  const resultOf = (parcel: string) =>
    `(select r.result_id from run_result r join parcel p using (region_code, parcel_set_id) where r.run_id = '${ran.run.run_id}' and p.ordinal = r.parcel_ordinal and p.parcel_id = '${parcel}')`;
  const namedIn = ({ differences }: Replay) =>
    differences.map(({ parcel_id, check, field }) => [parcel_id, check, field].join(' '));

  beforeAll(async () => {
    database = await open();
    db = database.db;
    here = new SmallCounty(database, '995001');
    const files = evidenceFiles(sites);
    for (const { type, year, plots } of files.layers) {
      if (plots.length > 0) layers.set(year ? `${type}@${year}` : type, await here.layer(type, plots, { year }));
    }
    layers.set('slope', await here.slope(files.slope));
    sets = { before: await here.parcels(files.others), judged: await here.parcels(files.parcels) };
    await here.verify({ sets: [sets.before] });
    ran = await here.verify({ sets: [sets.judged], layers: [...layers.values()], earlier: 'accepted' }, 2);
    expect(ran.of('struck')).toMatchObject({ verdict: 'non_compliant', township: '乡1' });
    expect(ran.of('idle').pieces).toHaveLength(2);
  });

  it('of a run that nobody touched is equal, in chunks of any size, and writes nothing', async () => {
    const rows = async () =>
      (
        await sql<{ n: string }>`select string_agg(t || ':' || n, ' ' order by t) as n from (
          select 'finding' as t, count(*) as n from finding union all select 'piece', count(*) from piece
          union all select 'result', count(*) from result union all select 'run_result', count(*) from run_result) as tables`.execute(
          db,
        )
      ).rows[0]?.n;
    const before = await rows();
    const shares: number[] = [];
    const found = await replay({ progress: (share: number) => shares.push(share) });
    expect(found).toMatchObject({
      answer: 'equal',
      parcel_count: 3,
      difference_count: 0,
      differences: [],
      largest_difference_m2: 0,
      engines_changed: {},
      checks_changed: {},
    });
    expect(await replayRun({ database, config }, ran.run)).toMatchObject({ answer: 'equal' });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(0.99, 9);
    expect(await rows()).toBe(before);
  });

  describe('names what was changed of the results, be it the last digit', () => {
    /** the next float after a figure, by its bits */
    const nextAfter = (figure: number) => {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, figure);
      bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
      return bits.getFloat64(0);
    };

    it('a figure of a finding', async () => {
      const was = ran.of('struck').checks['eco-red-line'].area_m2!;
      const where = `where result_id = ${resultOf('struck')} and check_id = 'eco-red-line'`;
      const found = await whileChanged(
        `update finding set area_m2 = ${nextAfter(was)} ${where}`,
        `update finding set area_m2 = ${was} ${where}`,
      );
      expect(found).toMatchObject({
        answer: 'different',
        largest_difference_m2: nextAfter(was) - was,
        largest_difference: { parcel_id: 'struck', check: 'eco-red-line', field: 'area_m2' },
      });
      expect(found.differences).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            parcel_id: 'struck',
            check: 'eco-red-line',
            field: 'area_m2',
            stored: nextAfter(was),
            recomputed: was,
            parcel_set_id: sets.judged,
          }),
        ]),
      );
      // the sums of the run are told of too, where the digit reaches them
      expect(found.differences.filter(({ parcel_id }) => parcel_id !== null)).toHaveLength(1);
    });

    it.each([
      [
        'an outcome',
        'finding',
        `outcome = 'pass'`,
        `outcome = 'fail'`,
        `and check_id = 'not-cultivated'`,
        'idle not-cultivated outcome',
      ],
      [
        'a measure',
        'finding',
        `measure = 'deduct'`,
        `measure = 'restore'`,
        `and check_id = 'not-cultivated'`,
        'idle not-cultivated measure',
      ],
      [
        'a reason',
        'finding',
        `reason = 'no-data'`,
        'reason = null',
        `and check_id = 'not-cultivated'`,
        'idle not-cultivated reason',
      ],
      [
        'a fact',
        'finding',
        `detail = jsonb_set(detail, '{year}', '2021')`,
        `detail = jsonb_set(detail, '{year}', '2022')`,
        `and check_id = 'not-cultivated'`,
        'idle not-cultivated detail.year',
      ],
      [
        'outcomes in short',
        'result',
        `outcomes = 'x' || outcomes`,
        'outcomes = substr(outcomes, 2)',
        '',
        'idle  outcomes',
      ],
      [
        'an area in short',
        'result',
        'failed_m2[1] = failed_m2[1] + 1',
        'failed_m2[1] = failed_m2[1] - 1',
        '',
        'idle  failed_m2[0]',
      ],
      ['a verdict', 'result', `verdict = 'compliant'`, `verdict = 'non_compliant'`, '', 'idle  verdict'],
      [
        'a book',
        'result',
        'kept_area_m2 = kept_area_m2 + 1',
        'kept_area_m2 = kept_area_m2 - 1',
        '',
        'idle  kept_area_m2',
      ],
      [
        'the area of a piece',
        'piece',
        'area_m2 = area_m2 + 0.5',
        'area_m2 = area_m2 - 0.5',
        'and piece_no = 2',
        'idle  pieces[1].area_m2',
      ],
      [
        'the reasons of a piece',
        'piece',
        `reasons = '["abandoned"]'`,
        `reasons = '["not-cultivated"]'`,
        'and piece_no = 2',
        'idle  pieces[1].reasons[0]',
      ],
      [
        'the shape of a piece',
        'piece',
        'geom = st_multi(st_translate(st_scale(geom, 1.01, 1), -1.08, 0))',
        'geom = st_multi(st_scale(st_translate(geom, 1.08, 0), 1/1.01, 1))',
        'and piece_no = 2',
        'idle  pieces[1].geometry',
      ],
      [
        'a hair of the shape of a piece',
        'piece',
        'geom = st_translate(geom, 1e-13, 0)',
        'geom = st_translate(geom, -1e-13, 0)',
        'and piece_no = 2',
        'idle  pieces[1].geometry',
      ],
      [
        'a shape that is gone',
        'piece',
        'reasons = reasons, geom = null',
        'geom = null',
        'and piece_no = 1',
        'idle  pieces[0].geometry',
      ],
    ])('%s', async (_, table, change, undo, which, named) => {
      const where = `where result_id = ${resultOf('idle')} ${which}`;
      const kept = await sql<{ wkb: string | null }>`select ${sql.raw(
        table === 'piece' ? `encode(st_asewkb(geom), 'hex')` : 'null',
      )} as wkb from ${sql.table(table)} ${sql.raw(where)}`.execute(db);
      const wkb = kept.rows[0]?.wkb;
      const found = await whileChanged(
        `update ${table} set ${change} ${where}`,
        `update ${table} set ${change.includes('geom') && wkb ? `geom = '${wkb}'::geometry` : undo} ${where}`,
      );
      expect(found.answer).toBe('different');
      expect(namedIn(found)).toContain(named);
    });

    it('a township, a summary, a parcel that has no result', async () => {
      const where = `where run_id = '${ran.run.run_id}'`;
      const moved = await whileChanged(
        `update run_result set township = '他乡' ${where} and ordinal = 1`,
        `update run_result set township = '乡0' ${where} and ordinal = 1`,
      );
      expect(namedIn(moved)).toContain('clean  township');
      const summed = await whileChanged(
        `update run set summary = jsonb_set(summary, '{by_verdict,compliant}', '3') ${where}`,
        `update run set summary = jsonb_set(summary, '{by_verdict,compliant}', '1') ${where}`,
      );
      expect(namedIn(summed)).toEqual(['  summary.by_verdict.compliant']);
      expect(summed.differences[0]).toMatchObject({ stored: 3, recomputed: 1 });
      const id = (await sql<{ id: string }>`select ${sql.raw(resultOf('clean'))}::text as id`.execute(db)).rows[0]?.id;
      const lost = await whileChanged(
        `update run_result set result_id = null ${where} and ordinal = 1`,
        `update run_result set result_id = '${id}' ${where} and ordinal = 1`,
      );
      expect(namedIn(lost)).toEqual(expect.arrayContaining(['clean  verdict', 'clean abandoned finding']));
      expect((await replay()).answer).toBe('equal');
    });
  });

  describe('names the input of which one byte was changed', () => {
    const named = (found: Replay, field: string): Partial<Difference> | undefined =>
      found.differences.find((one) => one.parcel_id === null && one.field === field);
    const hex = async (what: string, from: string) =>
      (await sql<{ hex: string }>`select encode(${sql.raw(what)}, 'hex') as hex from ${sql.raw(from)}`.execute(db))
        .rows[0]!.hex;
    /** the lowest byte of an ordinate, which moves it by less than a micrometre */
    const oneBit = (text: string, byte: number) => {
      const bytes = Buffer.from(text, 'hex');
      bytes[byte]! ^= 1;
      return bytes.toString('hex');
    };
    /** EWKB: byte order, type, srid, rings, points, then the first ordinate */
    const firstOrdinate = 1 + 4 + 4 + 4 + 4;

    it('a piece of a layer, be it far from every parcel', async () => {
      const id = layers.get('eco-red-line')!;
      const from = `layer_piece where layer_id = '${id}' and feature_no = 1 and piece_no = 1`;
      const was = await hex('st_asewkb(geom)', from);
      const found = await whileChanged(
        `update layer_piece set geom = '${oneBit(was, firstOrdinate)}'::geometry where layer_id = '${id}' and feature_no = 1 and piece_no = 1`,
        `update layer_piece set geom = '${was}'::geometry where layer_id = '${id}' and feature_no = 1 and piece_no = 1`,
      );
      expect(found).toMatchObject({ answer: 'different', difference_count: 1 });
      expect(named(found, 'content_sha256')).toMatchObject({ layer_id: id, name: 'eco-red-line.geojson' });
    });

    it('an attribute of a polygon', async () => {
      const id = layers.get('land-use@2022')!;
      const where = `where layer_id = '${id}' and feature_no = 1`;
      const found = await whileChanged(
        `update layer_feature set class_code = '0101' ${where}`,
        `update layer_feature set class_code = '0103' ${where}`,
      );
      expect(found.answer).toBe('different');
      expect(named(found, 'content_sha256')).toMatchObject({ layer_id: id });
    });

    it('a tile of a raster, which can then not be read', async () => {
      const id = layers.get('slope')!;
      const where = `where layer_id = '${id}' and tile_row = 0 and tile_col = 0`;
      const was = await hex('data', `raster_tile ${where}`);
      const found = await whileChanged(
        `update raster_tile set data = decode('${oneBit(was, 20)}', 'hex') ${where}`,
        `update raster_tile set data = decode('${was}', 'hex') ${where}`,
      );
      expect(found.answer).toBe('different');
      expect(named(found, 'content_sha256')).toMatchObject({ layer_id: id, name: 'slope.tif' });
    });

    it('the grid of a raster', async () => {
      const id = layers.get('slope')!;
      const found = await whileChanged(
        `update layer set raster = jsonb_set(raster, '{cell_m}', '11') where layer_id = '${id}'`,
        `update layer set raster = jsonb_set(raster, '{cell_m}', '10') where layer_id = '${id}'`,
      );
      expect(named(found, 'content_sha256')).toMatchObject({ layer_id: id });
    });

    it.each(['judged', 'before'] as const)('a parcel of the set %s', async (which) => {
      const id = sets[which];
      const where = `where parcel_set_id = '${id}' and ordinal = 1`;
      const was = await hex('st_asewkb(geom)', `parcel ${where}`);
      const found = await whileChanged(
        // a multipolygon of one: its polygon begins after its own header and count
        `update parcel set geom = '${oneBit(was, 9 + 4 + 1 + 4 + 4 + 4)}'::geometry ${where}`,
        `update parcel set geom = '${was}'::geometry ${where}`,
      );
      expect(found.answer).toBe('different');
      expect(named(found, 'content_sha256')).toMatchObject({ parcel_set_id: id, name: 'parcels.geojson' });
    });

    it('a parameter, a manifest, a layer taken from the run', async () => {
      const where = `where run_id = '${ran.run.run_id}'`;
      const param = await whileChanged(
        `update run set params = jsonb_set(params, '{eco-red-line,min_area_m2}', '11') ${where}`,
        `update run set params = jsonb_set(params, '{eco-red-line,min_area_m2}', '10') ${where}`,
      );
      expect(namedIn(param)).toEqual(['  run.params.eco-red-line.min_area_m2']);
      const created = await whileChanged(
        `update run set manifest = jsonb_set(manifest, '{assumptions}', '[]') ${where}`,
        `update run set manifest = '${JSON.stringify(ran.manifest).replaceAll("'", "''")}' ${where}`,
      );
      expect(namedIn(created)).toEqual(['  run.evidence_sha256']);
      const id = layers.get('eco-red-line')!;
      const key = `'${ran.run.region_code}', '${ran.run.run_id}', '${id}'`;
      const taken = await whileChanged(
        `delete from run_layer ${where} and layer_id = '${id}'`,
        `insert into run_layer (region_code, run_id, layer_id) values (${key})`,
      );
      expect(taken.differences.some(({ field }) => field.startsWith('run.layers'))).toBe(true);
      expect(namedIn(taken)).toContain('struck eco-red-line outcome');
      expect((await replay()).answer).toBe('equal');
    });
  });

  describe('by other engines', () => {
    const other = () => ({ ...database, engine: { ...database.engine, geos: '3.0.0' } });
    const replayed = () => replayRun({ ...deps(), database: other() }, ran.run);

    it('is equal-within, with the largest difference, where only rounding differs', async () => {
      expect(await replayed()).toMatchObject({
        answer: 'equal-within',
        largest_difference_m2: 0,
        engines_changed: { geos: { stored: database.engine.geos, now: '3.0.0' } },
      });
      const where = `where result_id = ${resultOf('struck')} and check_id = 'eco-red-line'`;
      await sql.raw(`update finding set area_m2 = area_m2 + 0.0005 ${where}`).execute(db);
      const { differences, ...found } = await replayed();
      await sql
        .raw(`update finding set area_m2 = ${ran.of('struck').checks['eco-red-line'].area_m2} ${where}`)
        .execute(db);
      expect(found.largest_difference).toMatchObject({ parcel_id: 'struck', check: 'eco-red-line', field: 'area_m2' });
      expect(found.largest_difference_m2).toBeCloseTo(0.0005, 9);
      // what the summary was summed of stands as it was: the same on any engine as the finding, and here it is not
      expect(differences.map(({ field }) => field)).toEqual(['failed_m2[0]']);
    });

    it('is different where more than rounding differs, or an outcome', async () => {
      const where = `where result_id = ${resultOf('struck')} and check_id = 'eco-red-line'`;
      const was = ran.of('struck').checks['eco-red-line'].area_m2;
      for (const [change, undo, field] of [
        ['area_m2 = area_m2 + 0.1', `area_m2 = ${was}`, 'area_m2'],
        [`outcome = 'pass'`, `outcome = 'fail'`, 'outcome'],
      ]) {
        await sql.raw(`update finding set ${change} ${where}`).execute(db);
        const found = await replayed();
        await sql.raw(`update finding set ${undo} ${where}`).execute(db);
        expect(found.answer).toBe('different');
        expect(namedIn(found)).toContain(`struck eco-red-line ${field}`);
      }
    });
  });

  it('by other engines looks at the areas of the shapes, which are not drawn again', async () => {
    const other = { ...database, engine: { ...database.engine, geos: '3.0.0' } };
    const where = `where result_id = ${resultOf('idle')} and piece_no = 2`;
    const moved = async (change: string, undo: string) => {
      await sql.raw(`update piece set geom = ${change} ${where}`).execute(db);
      const { differences } = await replayRun({ ...deps(), database: other }, ran.run);
      await sql.raw(`update piece set geom = ${undo} ${where}`).execute(db);
      return differences.map(({ field }) => field);
    };
    const kept = await sql<{
      wkb: string;
    }>`select encode(st_asewkb(geom), 'hex') as wkb from piece ${sql.raw(where)}`.execute(db);
    const undo = `'${kept.rows[0]?.wkb}'::geometry`;
    expect(await moved('st_translate(geom, 1e-13, 0)', undo)).toEqual([]);
    expect(await moved('st_multi(st_buffer(geom, 1e-7))', undo)).toEqual(['pieces[1].geometry']);
    expect(await moved('null', undo)).toEqual(['pieces[1].geometry']);
    expect((await replay()).answer).toBe('equal');
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const hooks = { signal: stop.signal, progress: () => stop.abort() };
    await expect(replay(hooks)).rejects.toThrow(RunCancelled);
  });

  it('is refused of a run that there is not, or that has no results', async () => {
    const nowhere = { region_code: '995001', run_id: '00000000-0000-8000-8000-000000000000' };
    await expect(replayRun(deps(), nowhere)).rejects.toMatchObject({ code: 'not-found' });
    const created = await here.create({ sets: [sets.judged] });
    await expect(replayRun(deps(), created)).rejects.toMatchObject({ code: 'conflict' });
    await executeRun(deps(), created);
    expect((await replayRun(deps(), created)).answer).toBe('equal');
  });
});

eachDatabase('a replay of the sample county', (open) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadSampleCounty(await open());
  });

  it.each(sampleCounty().runs)('is equal: $id', async (run) => {
    const { run: key, summary } = await verify(loaded, run);
    const found = await replayRun({ database: loaded.database, config }, key);
    expect(found.differences).toEqual([]);
    expect(found).toMatchObject({ answer: 'equal', parcel_count: summary.parcel_count, largest_difference_m2: 0 });
  });
});

describe('leaves that differ', () => {
  it('are found wherever they stand', () => {
    expect(leavesThatDiffer('', { a: [1, { b: 2 }], c: null }, { a: [1, { b: 3 }, 4], c: null, d: 0 })).toEqual([
      { field: 'a[1].b', stored: 2, recomputed: 3 },
      { field: 'a[2]', stored: null, recomputed: 4 },
      { field: 'd', stored: null, recomputed: 0 },
    ]);
    expect(leavesThatDiffer('x', -0, 0)).toEqual([]);
  });
});
