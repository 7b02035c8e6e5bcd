/** Replay and diff over HTTP: who asks, what comes back, and what is refused. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Diff, DiffItem } from '../../server/verification/diff.ts';
import type { Replay } from '../../server/verification/replay.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { allPaddy, geojson, plots, redLine } from './county.ts';
import { type Service, startService, upload } from './service.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

type Page = Omit<Diff, 'next'> & { next_cursor: string | null };

eachDatabase('replay and diff over HTTP', (open) => {
  let service: Service;
  let setId: string;
  let layerId: string;
  let strict: string;
  let lenient: string;

  const ask = (url: string) => service.app.inject(`/api/v1${url}`);
  const post = (url: string, payload?: object, headers = {}) =>
    service.app.inject({ method: 'POST', url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) });
  const done = async (jobId: string) => {
    const job = await jobIn(service.database, jobId);
    expect(job.problem).toBeNull();
    return job;
  };
  const take = async (url: string, data: string, fields: Record<string, string>) => {
    const accepted = await upload(service, url, { name: 'a.geojson', data }, fields);
    expect(accepted.statusCode, accepted.body).toBe(202);
    await done(accepted.json().job_id);
    return accepted.json();
  };
  const run = async (body: object) => {
    const accepted = await post('/runs', body);
    expect(accepted.statusCode, accepted.body).toBe(202);
    await done(accepted.json().job_id);
    return accepted.json().run_id as string;
  };
  const replay = async (id: string) => {
    const accepted = await post(`/runs/${id}/replay`);
    expect(accepted.statusCode, accepted.body).toBe(202);
    expect(Object.keys(accepted.json())).toEqual(['job_id']);
    const job = await done(accepted.json().job_id);
    return { job, answer: (await ask(`/jobs/${job.job_id}`)).json() as { result: Replay; [key: string]: unknown } };
  };
  const agreesWithSchema = async (path: string, answer: unknown) => {
    const { default: schemaCompiler } = await import('typebox/schema');
    const document = (await ask('/openapi.json')).json();
    const schema = document.paths[`/api/v1${path}`].get.responses['200'].content['application/json'].schema;
    expect(schemaCompiler.Errors(schema, answer as never)[1]).toEqual([]);
  };

  beforeAll(async () => {
    service = await startService(await open());
    ({ layer_id: layerId } = await take('/layers', redLine, { type: 'eco-red-line' }));
    await take('/layers', allPaddy, { type: 'land-use', year: '2023' });
    ({ parcel_set_id: setId } = await take('/parcel-sets', plots(12), {}));
    strict = await run({ parcel_set_ids: [setId] });
    lenient = await run({ parcel_set_ids: [setId], params: { 'eco-red-line': { min_area_m2: 7000 } } });
  });
  afterAll(() => service.close());

  it('a replay is a job of its own, and its result says equal', async () => {
    const { answer } = await replay(strict);
    expect(answer).toMatchObject({
      kind: 'replay',
      state: 'succeeded',
      progress: 1,
      subject_id: strict,
      result: { run_id: strict, answer: 'equal', parcel_count: 12, difference_count: 0, differences: [] },
    });
    // the run still shows the job that made it
    const shown = (await ask(`/runs/${strict}`)).json();
    expect(shown).toMatchObject({ state: 'succeeded', progress: 1 });
    expect(shown.job_id).not.toBe(answer['job_id']);
    expect(shown.finished_at).not.toBeNull();
  });

  it('a replay names the layer of which a byte was changed', async () => {
    const { db } = service.database;
    const shift = (by: number) =>
      sql`update layer_piece set geom = st_translate(geom, ${by}::float8, 0) where layer_id = ${layerId} and feature_no = 2`.execute(
        db,
      );
    await shift(2 ** -40);
    const { answer } = await replay(strict);
    await shift(-(2 ** -40));
    expect(answer.result.answer).toBe('different');
    expect(answer.result.differences[0]).toMatchObject({ field: 'content_sha256', layer_id: layerId, parcel_id: null });
    expect((await replay(strict)).answer.result.answer).toBe('equal');
  });

  it('the same Idempotency-Key asks for one replay', async () => {
    const key = { 'idempotency-key': 'again' };
    const [first, second] = [
      await post(`/runs/${strict}/replay`, undefined, key),
      await post(`/runs/${strict}/replay`, undefined, key),
    ];
    expect(second.json()).toEqual(first.json());
    const other = await post(`/runs/${lenient}/replay`, undefined, key);
    expect(other.statusCode).toBe(409);
    await done(first.json().job_id);
  });

  it('a replay that waits is cancelled at once', async () => {
    const quiet = await startService(service.database, { work: false });
    const accepted = await quiet.app.inject({ method: 'POST', url: `/api/v1/runs/${strict}/replay` });
    const url = `/api/v1/jobs/${accepted.json().job_id}`;
    const cancelled = await quiet.app.inject({ method: 'DELETE', url });
    await quiet.close();
    expect([200, 202]).toContain(cancelled.statusCode);
    expect((await jobIn(service.database, accepted.json().job_id)).state).toMatch(/cancelled|succeeded/);
    expect((await ask(`/runs/${strict}`)).json().state).toBe('succeeded');
  });

  it('a diff says which parcels are judged otherwise and by which parameter', async () => {
    const answer = await ask(`/runs/${lenient}/diff?against=${strict}`);
    expect(answer.statusCode, answer.body).toBe(200);
    const page: Page = answer.json();
    // half of plot 2 is some 5,400 m², the whole of plot 1 twice that
    expect(page.items.map(({ change, parcel_id }) => [change, parcel_id])).toEqual([['changed', 'P2']]);
    expect(page.items[0]).toMatchObject({
      before: { verdict: 'non_compliant', parcel_set_id: setId },
      findings: [
        {
          check: 'eco-red-line',
          before: { outcome: 'fail', measure: 'deduct' },
          after: { outcome: 'pass', measure: 'none' },
          causes: ['parameter'],
        },
      ],
      causes: [{ cause: 'parameter', check: 'eco-red-line', key: 'min_area_m2', before: 10, after: 7000 }],
    });
    expect(page).toMatchObject({ next_cursor: null, number_matched: 1, summary: { changed: 1, unchanged: 11 } });
    await agreesWithSchema('/runs/{run_id}/diff', page);
  });

  it('a diff is read page by page, with its summary on each', async () => {
    const bare = await run({ parcel_set_ids: [setId], layer_ids: [] });
    const whole: Page = (await ask(`/runs/${strict}/diff?against=${bare}`)).json();
    expect(whole.items.map(({ parcel_id }) => parcel_id)).toEqual(Array.from({ length: 12 }, (_, n) => `P${n + 1}`));
    expect(whole.items[0]!.causes.map(({ cause }) => cause)).toEqual(['layer-version', 'layer-version']);
    await agreesWithSchema('/runs/{run_id}/diff', whole);
    const items: DiffItem[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/runs/${strict}/diff?against=${bare}&limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Page = (await ask(url)).json();
      expect(page).toMatchObject({ number_matched: 12, summary: whole.summary });
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(items).toEqual(whole.items);
    const of = (await ask(`/runs/${strict}/diff?against=${bare}&limit=5`)).json().next_cursor;
    const elsewhere = await ask(`/runs/${strict}/diff?against=${lenient}&cursor=${of}`);
    expect([elsewhere.statusCode, elsewhere.json().where]).toEqual([400, { field: 'cursor' }]);
  });

  it('one kind of change is listed alone, page by page, its sums still of all', async () => {
    // without layers nothing is proved: P1 and P2 lose their flags for want of evidence, and are not cleared by that;
    // the other ten lack the slope in both runs
    const bare = await run({ parcel_set_ids: [setId], layer_ids: [] });
    const kinds = async (after: string, before: string, kind: string, more = '') =>
      (await ask(`/runs/${after}/diff?against=${before}&kind=${kind}${more}`)).json() as Page;
    const unproven = await kinds(bare, strict, 'unproven');
    expect(unproven.summary.by_kind).toEqual({
      flagged: 0,
      unproven: 2,
      cleared: 0,
      figures: 10,
      added: 0,
      removed: 0,
    });
    expect((await kinds(bare, strict, 'cleared')).items).toEqual([]);
    const flagged = await kinds(strict, bare, 'flagged');
    expect(flagged.items.map(({ parcel_id }) => parcel_id)).toEqual(['P1', 'P2']);
    expect(flagged.items.map(({ before, after }) => [before!.ordinal, after!.ordinal])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(flagged).toMatchObject({ number_matched: 2, next_cursor: null, summary: { changed: 12 } });
    const page = await kinds(strict, bare, 'flagged', '&limit=1');
    expect([page.items.length, page.number_matched]).toEqual([1, 2]);
    const next = await kinds(strict, bare, 'flagged', `&limit=1&cursor=${page.next_cursor}`);
    expect([next.items[0]!.parcel_id, next.next_cursor]).toEqual(['P2', null]);
    // the place in one list is none in another
    const other = await ask(`/runs/${strict}/diff?against=${bare}&kind=figures&cursor=${page.next_cursor}`);
    expect(other.statusCode).toBe(400);
    expect((await ask(`/runs/${strict}/diff?against=${bare}&kind=better`)).statusCode).toBe(400);
    await agreesWithSchema('/runs/{run_id}/diff', flagged);
  });

  it('what the registry says of a check without its layers is what a run without layers says', async () => {
    const bare = await run({ parcel_set_ids: [setId], layer_ids: [] });
    const { items } = (await ask('/checks')).json() as { items: { id: string; without: string | null }[] };
    const { features } = (await ask(`/runs/${bare}/verdicts?limit=1`)).json();
    const checks = features[0].properties.checks as Record<string, { outcome: string }>;
    const said = items.filter(({ without }) => without !== null);
    expect(said.length).toBe(9);
    for (const { id, without } of said) expect([id, checks[id]!.outcome]).toEqual([id, without]);
  });

  it('what cannot be compared is refused, with the reason', async () => {
    const waiting = async () => {
      const quiet = await startService(service.database, { work: false });
      await service.jobs.stop();
      const accepted = await quiet.app.inject({
        method: 'POST',
        url: '/api/v1/runs',
        payload: { parcel_set_ids: [setId] },
      });
      await quiet.close();
      return accepted.json().run_id as string;
    };
    const foreignSet = await take('/parcel-sets', geojson([{ west: 110, south: 30, properties: { DKBH: 'F' } }]), {
      region_code: '993001',
    });
    const foreign = await run({ parcel_set_ids: [foreignSet.parcel_set_id], layer_ids: [] });
    const unfinished = await waiting();
    const refusals: [string, { statusCode: number; json(): { code: string; where?: object } }, number, string][] = [
      ['replay of none', await post(`/runs/${nobody}/replay`), 404, 'not-found'],
      ['replay of no id', await post('/runs/x/replay'), 404, 'not-found'],
      ['replay of one that waits', await post(`/runs/${unfinished}/replay`), 409, 'conflict'],
      ['diff against none', await ask(`/runs/${strict}/diff?against=${nobody}`), 404, 'not-found'],
      ['diff of none', await ask(`/runs/${nobody}/diff?against=${strict}`), 404, 'not-found'],
      ['diff against nothing', await ask(`/runs/${strict}/diff`), 400, 'validation'],
      ['diff against one that waits', await ask(`/runs/${strict}/diff?against=${unfinished}`), 409, 'conflict'],
      ['diff of two counties', await ask(`/runs/${strict}/diff?against=${foreign}`), 400, 'validation'],
      ['diff with a made-up cursor', await ask(`/runs/${strict}/diff?against=${lenient}&cursor=x`), 400, 'validation'],
    ];
    for (const [what, answer, status, code] of refusals)
      expect([what, answer.statusCode, answer.json().code]).toEqual([what, status, code]);
  });
});
