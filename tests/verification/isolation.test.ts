/** What troubles one parcel, one chunk or one run does not touch the others; and what was troubled is seen, and can be done again. */
import { type Kysely, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { Schema } from '../../server/database/schema.ts';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { executeRun } from '../../server/verification/run.ts';
import { resultId } from '../../server/verification/store-chunk.ts';
import { bowTie, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { at, config, featuresOf, plot, SmallCounty } from './small-runs.ts';
import { layersUnder, manyParcels } from './thousand.ts';

removeFiles();

/** One JSON text a parcel. An overlap names the set it is with, which is another where another file was uploaded. */
function textsOf(features: VerdictFeature[], set: string): Map<string, string> {
  return new Map(
    features.map((feature) => [feature.properties.parcel_id, JSON.stringify(feature).replaceAll(set, 'this set')]),
  );
}

/** parcels of the runs that are cancelled or fail, in chunks of 20 */
const few = 200;

eachDatabase('runs of many parcels', (open, kind) => {
  let database: Database;
  let db: Kysely<Schema>;
  let here: SmallCounty;
  let layers: string[];
  let thousand: { set: string; texts: Map<string, string> };
  let fewer: { set: string; texts: Map<string, string> };
  const deps = (chunk: number) => ({ database, config: { ...config, chunkSize: { embedded: chunk, postgis: chunk } } });
  /** results follow from the evidence: without this a second run would find the first one's */
  const forget = async () => {
    for (const table of ['finding', 'piece', 'result'] as const)
      await db.deleteFrom(table).where('region_code', '=', here.region).execute();
  };
  const create = (of = fewer) => here.create({ sets: [of.set], layers });
  const judge = async (set: string, chunk: number) => {
    const { features } = await here.verify({ sets: [set], layers }, chunk);
    return { set, texts: textsOf(features, set) };
  };
  const stateOf = async (run: { run_id: string }) => {
    const { state } = await db
      .selectFrom('run')
      .select('state')
      .where('run_id', '=', run.run_id)
      .executeTakeFirstOrThrow();
    const counts = await sql<{ done: number; results: number; findings: number }>`
      select (select count(*)::int from run_result where run_id = ${run.run_id} and result_id is not null) as done,
             (select count(*)::int from result where region_code = ${here.region}) as results,
             (select count(*)::int from finding where region_code = ${here.region}) as findings`.execute(db);
    return { state, ...counts.rows[0]! };
  };
  /** Whole chunks of 20, some of them, and nothing of any other. */
  const expectWholeChunks = async (run: { run_id: string }, state: string) => {
    const found = await stateOf(run);
    expect(found).toEqual({ state, done: found.done, results: found.done, findings: 12 * found.done });
    expect(found.done % 20).toBe(0);
    expect(found.done).toBeLessThan(few);
    return found.done;
  };
  const expectDone = async (run: { run_id: string }) =>
    expect(await stateOf(run)).toEqual({ state: 'succeeded', done: few, results: few, findings: 12 * few });
  const expectUntroubled = async (run: { run_id: string; region_code: string }, of = fewer) => {
    const texts = textsOf(await featuresOf(database, run), of.set);
    expect(texts.size).toBe(of.texts.size);
    expect([...texts].filter(([id, text]) => of.texts.get(id) !== text)).toEqual([]);
  };

  beforeAll(async () => {
    database = await open();
    db = database.db;
    here = new SmallCounty(database, '996001');
    layers = await layersUnder(here);
    thousand = await judge(await here.parcels(manyParcels(1, 1000)), 100);
    await forget();
    fewer = await judge(await here.parcels(manyParcels(2, few)), 20);
  });

  it('are judged in many ways, so that what follows says something', () => {
    expect(thousand.texts.size).toBe(1000);
    const said = [...thousand.texts.values()].map((text) => (JSON.parse(text) as VerdictFeature).properties);
    for (const check of [
      'eco-red-line',
      'steep-slope',
      'parcel-overlap',
      'not-cultivated',
      'prior-farmland',
      'abandoned',
    ] as const) {
      const outcomes = new Set(said.map(({ checks }) => checks[check].outcome));
      expect(outcomes.size, check).toBeGreaterThan(1);
    }
    expect(said.filter(({ pieces }) => pieces.length > 2).length).toBeGreaterThan(100);
  });

  it('have the same results, to the bit, beside a bow-tie and an empty shape', async () => {
    const parcels = manyParcels(1, 1000);
    const [x, y] = at(-1000, -1000);
    parcels.splice(500, 0, plot(bowTie(x, y), { DKBH: 'bow-tie', XMBH: '50024220200001' }));
    parcels.splice(137, 0, plot(null, { DKBH: 'empty', XMBH: '50024220200001' }));
    const other = await here.parcels(parcels);
    const { features, of } = await here.verify({ sets: [other], layers }, 100);
    const texts = textsOf(features, other);
    expect([of('bow-tie').verdict, of('empty').verdict]).toEqual(['non_compliant', 'non_compliant']);
    expect(texts.size).toBe(1002);
    expect([...thousand.texts].filter(([id, text]) => texts.get(id) !== text)).toEqual([]);
  });

  it('have the same results, to the bit, in chunks of 37', async () => {
    await forget();
    const run = await create(thousand);
    await executeRun(deps(37), run);
    await expectUntroubled(run, thousand);
  });

  it('have the same result ids for the same evidence, and others for another parameter', async () => {
    const idsOf = async (params: Record<string, Record<string, unknown>>) => {
      const run = await here.create({ sets: [fewer.set], layers, params });
      await executeRun(deps(20), run);
      const rows = await db
        .selectFrom('run_result')
        .select('result_id')
        .where('run_id', '=', run.run_id)
        .orderBy('ordinal')
        .execute();
      return rows.map(({ result_id }) => result_id);
    };
    const [first, again, other] = [
      await idsOf({}),
      await idsOf({}),
      await idsOf({ 'eco-red-line': { min_area_m2: 11 } }),
    ];
    expect(new Set(first).size).toBe(few);
    expect(again).toEqual(first);
    expect(other.filter((id) => first.includes(id))).toEqual([]);
    await forget();
  });

  describe('in a run that is cancelled', () => {
    it('keep whole chunks and no half one, and are done to the end when it is taken up again, another size in force', async () => {
      await forget();
      const run = await create();
      const control = new AbortController();
      const shares: number[] = [];
      const progress = (share: number) => {
        shares.push(share);
        if (share > 0.25) control.abort();
      };
      await expect(executeRun(deps(20), run, { signal: control.signal, progress })).rejects.toThrow('cancelled');
      // what was done is told and stays; chunks under way are ended or broken off, and not half kept
      expect(await expectWholeChunks(run, 'cancelled')).toBeGreaterThanOrEqual(60);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.filter((share) => Math.abs(10 * share - Math.round(10 * share)) > 1e-9)).toEqual([]);
      await executeRun(deps(7), run);
      await expectDone(run);
      await expectUntroubled(run);
    });

    it('before it began have no result at all', async () => {
      await forget();
      const run = await create();
      await expect(executeRun(deps(20), run, { signal: AbortSignal.abort() })).rejects.toThrow('cancelled');
      expect(await stateOf(run)).toEqual({ state: 'cancelled', done: 0, results: 0, findings: 0 });
    });
  });

  describe('with a fault in the third chunk', () => {
    const fault = async (run: Awaited<ReturnType<typeof create>>, body: string) => {
      const fiftieth = resultId(run.manifest.evidence_sha256, fewer.set, 50);
      const head = 'create or replace function fault() returns trigger language plpgsql as';
      await database.pool.query(
        `${head} $$ begin if new.result_id = '${fiftieth}' then ${body} end if; return new; end $$`,
      );
      await database.pool.query('create trigger fault before insert on finding for each row execute function fault()');
    };
    const mend = () => database.pool.query('drop trigger if exists fault on finding');

    async function failsAndGoesOn(body: string): Promise<unknown> {
      await forget();
      const run = await create();
      await fault(run, body);
      let error: unknown;
      try {
        error = await executeRun(deps(20), run).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        await expectWholeChunks(run, 'failed');
      } finally {
        await mend();
      }
      await executeRun(deps(20), run);
      await expectDone(run);
      await expectUntroubled(run);
      return error;
    }

    it('fail visibly, keep what was done, and are done to the end by the next attempt', async () => {
      const error = await failsAndGoesOn(`raise exception 'no room left' using errcode = '53100';`);
      expect(error).toMatchObject({ code: '53100' });
    });

    it('fail where one finding of one parcel is missing: silence is no pass', async () => {
      const error = await failsAndGoesOn(`if new.check_id = 'occupied' then return null; end if;`);
      expect(String(error)).toContain('19 of 20 parcels have a finding of every check');
    });

    /** The parcel that brings the engine down has its findings, with the reason; the others are as without it. */
    async function isolates(body: string): Promise<void> {
      await forget();
      const run = await create();
      await fault(
        run,
        `if new.reason is distinct from 'check-failed' and new.check_id <> 'area-mismatch' then ${body} end if;`,
      );
      try {
        await executeRun(deps(20), run);
      } finally {
        await mend();
      }
      await expectDone(run);
      const features = await featuresOf(database, run);
      const { verdict, checks, area_m2, kept_unverified_area_m2 } = features[49]!.properties;
      expect([verdict, kept_unverified_area_m2]).toEqual(['undetermined', area_m2]);
      for (const [id, finding] of Object.entries(checks))
        if (id !== 'area-mismatch')
          expect([id, finding]).toMatchObject([id, { outcome: 'undetermined', reason: 'check-failed' }]);
      const texts = textsOf(features, fewer.set);
      expect([...texts].filter(([id, text]) => fewer.texts.get(id) !== text)).toHaveLength(1);
      // nor does the next run, on the same evidence, take over what could not be judged
      const next = await create();
      expect((await executeRun(deps(20), next)).reused_count).toBe(few - 1);
      await expectUntroubled(next);
    }

    it('are done but for the one parcel that the engine cannot bear', () =>
      isolates(`raise exception 'TopologyException: side location conflict' using errcode = 'XX000';`));

    if (kind === 'embedded')
      it('are done but for the one parcel that makes the engine leave its main loop', async () => {
        const bow = `'POLYGON((0 0,1 1,1 0,0 1,0 0))'::geometry`;
        const starts = database.embedded!.starts();
        await isolates(`perform ST_Intersection(${bow}, ${bow});`);
        // twice for the chunk and twice for the parcel alone, started anew each time; on a busy machine a claim may lapse meanwhile
        const more = database.embedded!.starts() - starts;
        expect(more).toBeGreaterThanOrEqual(4);
        expect(more).toBeLessThanOrEqual(12);
      });
  });

  it('are not computed again by a run that has succeeded', async () => {
    await forget();
    const run = await create();
    const summary = await executeRun(deps(20), run);
    await forget();
    expect(await executeRun(deps(20), run)).toEqual(summary);
    expect(await stateOf(run)).toMatchObject({ state: 'succeeded', findings: 0 });
  });
});
