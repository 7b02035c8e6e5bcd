/** A run that is troubled while it goes on, beside the same run undisturbed: what both say, to the digit. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { jobKinds, runHelper } from '../../server/app.ts';
import type { Database } from '../../server/database/connect.ts';
import { readJob } from '../../server/jobs/job-store.ts';
import { type Jobs, startJobs } from '../../server/jobs/queue.ts';
import type { Helper } from '../../server/verification/helping.ts';
import { executeRun } from '../../server/verification/run.ts';
import { keptLog } from '../jobs/waiting.ts';
import { config, SmallCounty } from './small-runs.ts';
import { layersUnder, manyParcels } from './thousand.ts';

export interface Run {
  region_code: string;
  run_id: string;
}

/** A county of some hundred parcels on a database, with what an undisturbed run says of it. */
export class TroubledCounty {
  readonly parcels: number;
  readonly #here: SmallCounty;
  readonly #set: string;
  readonly #layers: string[];
  readonly #undisturbed: Said;

  private constructor(here: SmallCounty, parcels: number, set: string, layers: string[], undisturbed: Said) {
    this.#here = here;
    this.parcels = parcels;
    this.#set = set;
    this.#layers = layers;
    this.#undisturbed = undisturbed;
  }

  /** @param lastMs what each chunk of the last third takes more; the default is for who asks a job for its progress */
  static async on(
    database: Database,
    region: string,
    parcels: number,
    lastMs = database.embedded ? 15 : 200,
  ): Promise<TroubledCounty> {
    const here = new SmallCounty(database, region);
    const layers = await layersUnder(here);
    const set = await here.parcels(manyParcels(3, parcels));
    const run = await here.create({ sets: [set], layers });
    await executeRun({ database, config }, run);
    const undisturbed = await said(database, run);
    expect(undisturbed.counts).toMatchObject({ in_run: parcels, results: parcels, findings: 12 * parcels });
    expect(undisturbed.counts.pieces).toBeGreaterThan(parcels / 3);
    const county = new TroubledCounty(here, parcels, set, layers, undisturbed);
    await slowDown(database, region, lastMs);
    await county.forget(database);
    return county;
  }

  /** The same evidence gives the same results, so a second run would find those of the first. */
  async forget({ db }: Database): Promise<void> {
    for (const table of ['finding', 'piece', 'result'] as const)
      await db.deleteFrom(table).where('region_code', '=', this.#here.region).execute();
  }

  async create(): Promise<Run> {
    const { region_code, run_id } = await this.#here.create({ sets: [this.#set], layers: this.#layers });
    return { region_code, run_id };
  }

  /** of a request for the same run over HTTP */
  get body(): object {
    return { parcel_set_ids: [this.#set], layer_ids: this.#layers, earlier_set_ids: [] };
  }

  /** Every row of the run is there once, and every digit as it would have been. */
  async expectUndisturbed(database: Database, run: Run): Promise<void> {
    expect(await said(database, run)).toEqual(this.#undisturbed);
    const { rows } = await database.pool.query(
      `select count(*)::int as undone from run_chunk where run_id = $1 and done_at is null`,
      [run.run_id],
    );
    expect(rows).toEqual([{ undone: 0 }]);
  }
}

/**
 * Each chunk of the county takes 15 ms more before it is committed: on a quick machine a run ended before the moment to trouble it. With
 * jobs on a server the last third takes 200 ms a chunk: a job tells its progress twice a second, and on a busy machine three lanes had ended it
 * before the last moments (0.75 at most) were told. The embedded engine has one lane and is slow enough.
 */
async function slowDown({ pool }: Database, region: string, lastMs: number): Promise<void> {
  await pool.query(
    `create function take_longer() returns trigger language plpgsql as $$
     declare
       done float8 := (select avg((done_at is not null)::int) from run_chunk where region_code = new.region_code and run_id = new.run_id);
     begin
       perform pg_sleep(case when done < 0.67 then 0.015 else ${lastMs / 1000} end);
       return new;
     end $$`,
  );
  await pool.query(
    `create trigger take_longer before update on run_chunk for each row
     when (new.region_code = '${region}' and new.done_at is not null) execute function take_longer()`,
  );
}

interface Said {
  digits: string;
  counts: { in_run: number; results: number; findings: number; pieces: number };
  summary: Record<string, unknown>;
}

/** Every value of every result, finding and piece of the run, in order, in one number; and how many rows the county holds. */
async function said({ pool }: Database, { region_code, run_id }: Run): Promise<Said> {
  const digits = await pool.query<{ digits: string }>(
    `select md5(string_agg(concat_ws('|', rr.ordinal, rr.township, s::text,
              (select string_agg(f::text, '|' order by f.check_id) from finding f where f.region_code = $1 and f.result_id = rr.result_id),
              (select string_agg(p::text, '|' order by p.piece_no) from piece p where p.region_code = $1 and p.result_id = rr.result_id)),
            '|' order by rr.ordinal)) as digits
     from run_result rr join result s on s.region_code = $1 and s.result_id = rr.result_id
     where rr.region_code = $1 and rr.run_id = $2`,
    [region_code, run_id],
  );
  const counts = await pool.query<Said['counts']>(
    `select (select count(*)::int from run_result where region_code = $1 and run_id = $2 and result_id is not null) as in_run,
            (select count(*)::int from result where region_code = $1) as results,
            (select count(*)::int from finding where region_code = $1) as findings,
            (select count(*)::int from piece where region_code = $1) as pieces`,
    [region_code, run_id],
  );
  const runs = await pool.query<{ state: string; summary: Record<string, unknown> }>(
    'select state, summary from run where region_code = $1 and run_id = $2',
    [region_code, run_id],
  );
  const [run] = runs.rows;
  expect(run?.state).toBe('succeeded');
  const { elapsed_s: _, ...summary } = run!.summary;
  return { digits: digits.rows[0]!.digits, counts: counts.rows[0]!, summary };
}

/** What a client sees of a job that it asks for again and again, whatever happens to those it asks. */
export class Watch {
  readonly seen: number[] = [];
  #state = 'queued';
  #problem: unknown = null;
  readonly #look: () => Promise<{ state: string; progress: number; problem?: unknown } | undefined>;

  constructor(look: Watch['look']) {
    this.#look = look;
  }
  get look() {
    return this.#look;
  }

  /** Waits until the job is so far, or has ended. @returns whether it still goes on */
  async until(share: number): Promise<boolean> {
    for (;;) {
      const job = await this.#look().catch(() => undefined);
      if (job !== undefined) {
        this.seen.push(job.progress);
        this.#state = job.state;
        this.#problem = job.problem ?? null;
        if (!['queued', 'running'].includes(job.state)) return false;
        if (job.progress >= share) return true;
      }
      await pause(15);
    }
  }

  /** Waits until the job is so far, which must still go on then. */
  async reach(share: number): Promise<void> {
    if (!(await this.until(share)))
      expect.fail(`ended before ${share}: ${JSON.stringify([this.#state, this.#problem, this.seen])}`);
  }

  async expectSucceeded(): Promise<void> {
    await this.until(2);
    expect({ state: this.#state, problem: this.#problem }).toEqual({ state: 'succeeded', problem: null });
    expect(this.seen).toEqual(this.seen.toSorted((a, b) => a - b));
    expect(this.seen.at(-1)).toBe(1);
  }
}

/** n shares of a run at which something shall happen, in order, all of them before its end; and ms to wait on from there. */
export function moments(random: () => number, n: number): { share: number; ms: number }[] {
  return Array.from({ length: n }, (_, i) => ({ share: (0.75 * (i + random())) / n, ms: Math.floor(40 * random()) }));
}

export interface Worker {
  jobs: Jobs;
  helper: Helper;
}

/** A process's share of the work, without its port. */
export async function startWorker(database: Database, chunk: number): Promise<Worker> {
  const settings = { ...config, chunkSize: { embedded: chunk, postgis: chunk } };
  const log = keptLog();
  const helper = runHelper({ database, config: settings, log });
  const jobs = await startJobs({ database, kinds: jobKinds({ database, config: settings }, helper), log });
  return { jobs, helper };
}

export const stopWorker = async ({ jobs, helper }: Worker) => {
  await jobs.stop();
  await helper.stop();
};

export async function enqueue({ jobs }: Worker, run: Run): Promise<string> {
  return jobs.enqueue({ kind: 'run', input: { ...run }, subjectId: run.run_id });
}

export const watchJob = (database: Database, jobId: string) => new Watch(() => readJob(database.db, jobId));
