import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { eachDatabase } from '../support/databases.ts';
import { type Problem, ReviewedCounty } from './reviewing.ts';
import { startService } from './service.ts';

interface Preview {
  token: string;
  batch_id?: string;
  parcel_count: number;
  flag_count: number;
  by_check: Record<string, number>;
  by_project: { project_code: string; flag_count: number }[];
  decided: { total: number; superseded: number; left: number };
}

eachDatabase('one decision on a selection', (open) => {
  let county: ReviewedCounty;
  let runId: string;
  let zhang: string;

  beforeAll(async () => {
    // 32 flags in all: so small a limit that the suite meets it
    const { limits } = readConfig({});
    const config = { limits: { ...limits, reviews: { ...limits.reviews, batch: 31 } } };
    const service = await startService(await open(), { config });
    county = new ReviewedCounty(service);
    ({ runId } = await county.begin());
    zhang = await county.person('张三');
    const forest = { check: 'not-cultivated' };
    const items = [
      await county.item(runId, 'P1', 'confirmed'),
      await county.item(runId, 'P1', 'confirmed', forest),
      await county.item(runId, 'P4', 'rejected', forest),
    ];
    expect((await county.decide(zhang, items)).status).toBe(201);
  });
  afterAll(() => county.service.close());

  const ask = (query: string, body: object, headers: Record<string, string> = { 'x-person-id': zhang }) =>
    county.call<Preview & Problem>('POST', `/runs/${runId}/reviews${query}`, body, headers);
  const reject = { decision: 'rejected', reason: '已恢复耕种' };
  const found = async (query: string) => (await county.verdicts(runId, query)).number_matched;
  const stored = async () =>
    Number((await county.service.database.pool.query('select count(*)::int as n from review')).rows[0].n);

  it('is previewed with what it touches, project by project, and stores nothing by that', async () => {
    const before = await stored();
    const { status, body } = await ask('?dry_run=true&check=not-cultivated', reject, {});
    expect([status, body.parcel_count, body.flag_count]).toEqual([200, 28, 28]);
    expect(body.by_check).toEqual({ 'not-cultivated': 28 });
    expect(body.decided).toEqual({ total: 2, superseded: 0, left: 2 });
    expect(body.by_project).toHaveLength(10);
    // three plots a project, of which one each was decided in the first two
    expect(body.by_project.map(({ flag_count }) => flag_count)).toEqual([2, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
    const replacing = await ask('?dry_run=true&check=not-cultivated', { ...reject, decided: 'replace' }, {});
    expect(replacing.body).toMatchObject({ flag_count: 30, decided: { total: 2, superseded: 2, left: 0 } });
    const undecided = await ask('?dry_run=true', reject, {});
    // all flags: of the red line plot 2 is left, of the forest 28
    expect(undecided.body).toMatchObject({ flag_count: 29, by_check: { 'eco-red-line': 1, 'not-cultivated': 28 } });
    expect(await stored()).toBe(before);
  });

  it('is refused without a preview, without a person, without a reason, or on too much', async () => {
    const query = '?check=not-cultivated';
    expect((await ask(query, reject)).body).toMatchObject({ code: 'validation', where: { field: 'token' } });
    const { token } = (await ask(`${query}&dry_run=true`, reject)).body;
    expect((await ask(query, { ...reject, token }, {})).status).toBe(401);
    for (const [body, field] of [
      [{ decision: 'rejected', reason: ' ' }, 'reason'],
      [{ decision: 'rejected', reason: 'x', measure: 'deduct' }, 'measure'],
      [{ decision: 'confirmed', reason: 'x', of_batch: runId }, 'of_batch'],
      [{ decision: 'withdrawn', of_batch: 'x' }, 'of_batch'],
      [{ decision: 'suspected', reason: 'x' }, 'decision'],
    ] as const)
      expect((await ask(`${query}&dry_run=true`, body)).body).toMatchObject({ code: 'validation', where: { field } });
    const all = await ask('?dry_run=true', { ...reject, decided: 'replace' });
    expect([all.status, all.body.code]).toEqual([413, 'too-large']);
    expect((await ask('?dry_run=true&sort=area_m2', reject)).status).toBe(400);
  });

  it('touches what was previewed, or nothing where that has changed meanwhile', async () => {
    const query = `?check=not-cultivated&township=${encodeURIComponent('桃花源街道')}`;
    const preview = await ask(`${query}&dry_run=true`, reject);
    expect(preview.body.flag_count).toBe(14);
    const before = await stored();
    // another reason, another selection, another decision: not what was looked at
    for (const [where, body] of [
      [query, { ...reject, reason: '其他' }],
      [query, { decision: 'confirmed', reason: reject.reason }],
      ['?check=not-cultivated', reject],
    ] as const)
      expect((await ask(where, { ...body, token: preview.body.token })).status).toBe(409);
    // somebody decides one of them
    const one = await county.decide(zhang, [await county.item(runId, 'P8', 'confirmed', { check: 'not-cultivated' })]);
    expect(one.status).toBe(201);
    const late = await ask(query, { ...reject, token: preview.body.token });
    expect([late.status, late.body.code, late.body.where.field]).toEqual([409, 'conflict', 'token']);
    expect(await stored()).toBe(before + 1);
    const { token } = (await ask(`${query}&dry_run=true`, reject)).body;
    const key = { 'x-person-id': zhang, 'idempotency-key': 'batch-1' };
    const made = await ask(query, { ...reject, token }, key);
    expect([made.status, made.body.flag_count]).toEqual([201, 13]);
    expect(await stored()).toBe(before + 14);
    const again = await ask(query, { ...reject, token }, key);
    expect(again.body).toEqual(made.body);
    expect(await stored()).toBe(before + 14);
    expect(await found(`${query}&state=suspected`)).toBe(0);
    expect(await found(`${query}&state=rejected`)).toBe(14);
    expect(await county.review(runId, 'P8', 'not-cultivated')).toMatchObject({ state: 'confirmed' });
    const listed = await county.get<{ number_matched: number; items: { reason: string; person: object }[] }>(
      `/reviews?batch_id=${made.body.batch_id}&limit=1`,
    );
    expect(listed).toMatchObject({ number_matched: 13, items: [{ reason: '已恢复耕种', person: { name: '张三' } }] });
  });

  it('is undone as a whole, save what was decided anew since', async () => {
    const query = '?check=not-cultivated&state=suspected&q=P1';
    const { token, flag_count } = (await ask(`${query}&dry_run=true`, reject)).body;
    const made = await ask(query, { ...reject, token });
    expect(made.status).toBe(201);
    const [first] = (
      await county.get<{ items: { parcel_id: string; review_id: string }[] }>(`/reviews?batch_id=${made.body.batch_id}`)
    ).items;
    const item = await county.item(runId, first!.parcel_id, 'confirmed', {
      check: 'not-cultivated',
      expects: first!.review_id,
    });
    expect((await county.decide(zhang, [item])).status).toBe(201);
    const undo = { decision: 'withdrawn', of_batch: made.body.batch_id };
    const preview = await ask('?dry_run=true', undo);
    expect(preview.body).toMatchObject({ flag_count: flag_count - 1, decided: { superseded: flag_count - 1 } });
    expect((await ask('', { ...undo, token: preview.body.token })).status).toBe(201);
    expect(await county.review(runId, first!.parcel_id, 'not-cultivated')).toMatchObject({ state: 'confirmed' });
    expect((await ask(`${query}&dry_run=true`, reject)).body.flag_count).toBe(flag_count - 1);
  });

  it('supersedes standing decisions where that is asked for, and only those of a state where one is named', async () => {
    const query = '?check=not-cultivated&state=rejected';
    const count = await found(query);
    const confirm = { decision: 'confirmed', measure: 'deduct', reason: '复核', decided: 'replace' };
    const { token, flag_count } = (await ask(`${query}&dry_run=true`, confirm)).body;
    expect(flag_count).toBe(count);
    expect((await ask(query, { ...confirm, token })).status).toBe(201);
    expect(await found(query)).toBe(0);
    expect(await county.review(runId, 'P4', 'not-cultivated')).toMatchObject({
      state: 'confirmed',
      measure: 'deduct',
      measure_chosen: true,
    });
  });
});
