import { afterAll, beforeAll, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { ReviewedCounty } from './reviewing.ts';
import { startService } from './service.ts';

eachDatabase('decisions on flags', (open) => {
  let county: ReviewedCounty;
  let setId: string;
  let runId: string;
  let zhang: string;
  let li: string;

  beforeAll(async () => {
    county = new ReviewedCounty(await startService(await open()));
    ({ setId, runId } = await county.begin());
    [zhang, li] = [await county.person('张三'), await county.person('李四')];
  });
  afterAll(() => county.service.close());

  const stored = async () =>
    Number((await county.service.database.pool.query('select count(*)::int as n from review')).rows[0].n);

  it('are made by persons, of whom the same name and office is one', async () => {
    const first = await county.call('POST', '/persons', { name: '王 五', office: '酉阳县局' });
    const again = await county.call('POST', '/persons', { name: ' 王 五', office: '酉阳县局 ' });
    const other = await county.call('POST', '/persons', { name: '王 五' });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 201]);
    expect(again.body['person_id']).toBe(first.body['person_id']);
    expect(other.body).toMatchObject({ name: '王 五', office: null });
    const names: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = await county.get<{ items: { name: string }[]; next_cursor: string | null; number_matched: number }>(
        `/persons?limit=1${cursor}`,
      );
      expect(page.number_matched).toBe(4);
      names.push(...page.items.map(({ name }) => name));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(4);
    for (const name of ['', '   ', 'a\u202eb', 'x'.repeat(61)])
      expect((await county.call('POST', '/persons', { name })).body).toMatchObject({
        code: 'validation',
        where: { field: 'name' },
      });
  });

  it('need somebody who decides', async () => {
    const item = await county.item(runId, 'P1', 'confirmed');
    for (const person of ['', 'zhang', '00000000-0000-4000-8000-000000000000']) {
      const { status, body } = await county.decide(person, [item]);
      expect([status, body.code, body.where.field]).toEqual([401, 'unauthorized', 'X-Person-Id']);
    }
    expect(await stored()).toBe(0);
  });

  it('say of every flag that it is suspected before anybody decided, and nothing of what passes', async () => {
    const { checks } = await county.parcel(runId, 'P1');
    expect(checks['eco-red-line']?.review).toMatchObject({ state: 'suspected', stale: false, review_id: null });
    expect(checks['not-cultivated']?.review).toMatchObject({ state: 'suspected' });
    expect(checks['area-mismatch']).not.toHaveProperty('review');
  });

  it('stand all or none, each fault with its place', async () => {
    const good = await county.item(runId, 'P1', 'confirmed');
    const wrong = [
      good,
      { ...(await county.item(runId, 'P2', 'rejected')), reason: ' \n' },
      { ...(await county.item(runId, 'P3', 'confirmed')), geometry_hash: 'another' },
      await county.item(runId, 'P4', 'confirmed'),
      { ...(await county.item(runId, 'P2', 'rejected')), measure: 'deduct', check: 'not-cultivated' },
      good,
    ];
    const shape = await county.decide(zhang, wrong);
    expect(shape.status).toBe(400);
    expect(shape.body.where.problems.map(({ field, code }) => [field, code])).toEqual([
      ['items[1].reason', 'validation'],
      ['items[4].measure', 'validation'],
      ['items[5].parcel_id', 'validation'],
    ]);
    const found = await county.decide(zhang, [good, wrong[2]!, wrong[3]!, await county.item(runId, 'P5', 'withdrawn')]);
    expect(found.status).toBe(400);
    expect(found.body.where.problems.map(({ field, code }) => [field, code])).toEqual([
      ['items[1].parcel_id', 'not-found'],
      // outside the red line: nothing to decide
      ['items[2].check', 'validation'],
      ['items[3].decision', 'validation'],
    ]);
    const schema = await county.decide(zhang, [good, { ...good, decision: 'perhaps' }]);
    expect([schema.status, schema.body.where.field]).toEqual([400, 'items[1].decision']);
    const code = (await county.decide(zhang, [{ ...good, parcel_id: 'x\u0000y' }])).body.where.field;
    expect(code).toBe('items[0].parcel_id');
    expect(await stored()).toBe(0);
    expect(await county.get('/events')).toMatchObject({ items: [], number_matched: 0, next_cursor: null });
  });

  it('are kept with who, when and on what, and shown wherever the flag is', async () => {
    const { status, body } = await county.decide(zhang, [
      await county.item(runId, 'P1', 'confirmed', { measure: 'deduct', reason: ' 位于红线内 ' }),
      await county.item(runId, 'P1', 'confirmed', { check: 'not-cultivated' }),
      await county.item(runId, 'P2', 'rejected', { reason: '红线已调整' }),
    ]);
    expect(status, JSON.stringify(body)).toBe(201);
    const [first, second, third] = body.items;
    const { checks, geometry_hash } = await county.parcel(runId, 'P1');
    expect(first).toMatchObject({
      parcel_id: 'P1',
      project_code: '50024220210001',
      check: 'eco-red-line',
      decision: 'confirmed',
      measure: 'deduct',
      measure_chosen: true,
      reason: '位于红线内',
      person: { person_id: zhang, name: '张三' },
      supersedes: null,
      superseded_by: null,
      geometry_hash,
      event_no: 1,
      based_on: {
        run_id: runId,
        outcome: 'fail',
        figure_m2: checks['eco-red-line']!.area_m2,
        layers: [{ place: 'eco-red-line@#0', content_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
    });
    // nobody chose one: the check's own, until a person does
    expect(second).toMatchObject({ measure: 'restore', measure_chosen: false });
    expect(third).toMatchObject({ decision: 'rejected', measure: null, event_no: 3 });
    expect(Math.abs(Date.parse(first!.decided_at) - Date.now())).toBeLessThan(60_000);
    const shown = { state: 'confirmed', stale: false, measure: 'deduct', review_id: first!.review_id };
    expect(checks['eco-red-line']!.review).toMatchObject({ ...shown, person: { name: '张三' } });
    const { features } = await county.verdicts(runId, '?check=eco-red-line');
    expect(features.map(({ properties }) => properties.checks['eco-red-line']?.review?.state)).toEqual([
      'confirmed',
      'rejected',
    ]);
    expect(await county.get(`/reviews/${third!.review_id}`)).toEqual(third);
    expect((await county.call('GET', '/reviews/none')).body).toMatchObject({ code: 'not-found' });
  });

  it('leave the exports as they were', async () => {
    const text = async (format: string) =>
      (await county.service.app.inject(`/api/v1/runs/${runId}/exports/${format}`)).body;
    expect(await text('geojson')).not.toMatch(/review|geometry_hash/);
    expect((await text('csv')).split('\r\n')[0]).not.toMatch(/review|state/);
  });

  it('are not overwritten unseen: the second must name the one it supersedes', async () => {
    const before = (await county.review(runId, 'P2'))!;
    const item = await county.item(runId, 'P2', 'confirmed', { reason: '红线未调整' });
    const blind = await county.decide(li, [
      await county.item(runId, 'P3', 'confirmed', { check: 'not-cultivated' }),
      item,
    ]);
    expect([blind.status, blind.body.code, blind.body.where.field]).toEqual([409, 'conflict', 'items[1].expects']);
    expect(blind.body.detail).toContain('张三');
    expect(blind.body.where.problems[0]?.current).toMatchObject({
      review_id: before.review_id,
      decision: 'rejected',
      person: { name: '张三' },
      reason: '红线已调整',
    });
    expect(await county.review(runId, 'P3', 'not-cultivated')).toMatchObject({ state: 'suspected' });
    const seen = await county.decide(li, [{ ...item, expects: before.review_id }]);
    expect(seen.status).toBe(201);
    expect(seen.body.items[0]).toMatchObject({ supersedes: before.review_id });
    expect(await county.get(`/reviews/${before.review_id}`)).toMatchObject({
      decision: 'rejected',
      superseded_by: seen.body.items[0]!.review_id,
    });
    const late = await county.decide(zhang, [{ ...item, decision: 'rejected', expects: before.review_id }]);
    expect([late.status, late.body.where.problems[0]?.current?.['person']]).toEqual([
      409,
      { person_id: li, name: '李四' },
    ]);
  });

  it('of two at the same moment one stands and the other is told', async () => {
    const item = await county.item(runId, 'P6', 'confirmed', { check: 'not-cultivated' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => county.decide(i % 2 ? zhang : li, [{ ...item, reason: `第${i}个` }])),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('are undone by one more, and nothing is taken away', async () => {
    const now = (await county.review(runId, 'P2'))!;
    const undo = await county.item(runId, 'P2', 'withdrawn', { reason: '', expects: now.review_id });
    expect((await county.decide(li, [undo])).status).toBe(201);
    const after = (await county.review(runId, 'P2'))!;
    expect(after).toMatchObject({ state: 'suspected', stale: false, decision: 'withdrawn', person: { name: '李四' } });
    // what is suspected again is decided again without naming anything
    expect((await county.decide(zhang, [await county.item(runId, 'P2', 'rejected')])).status).toBe(201);
    const { history } = await county.get<{ history: { decision: string; event_no: number }[] }>(
      `/runs/${runId}/verdicts/P2`,
    );
    expect(history.map(({ decision }) => decision)).toEqual(['rejected', 'withdrawn', 'confirmed', 'rejected']);
  });

  it('are made once however often a request is sent', async () => {
    const item = await county.item(runId, 'P7', 'confirmed', { check: 'not-cultivated', measure: 'restore' });
    const key = { 'idempotency-key': 'seven' };
    const first = await county.decide(zhang, [item], { run_id: runId }, key);
    const again = await county.decide(zhang, [item], { run_id: runId }, key);
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
    expect((await county.decide(li, [item], { run_id: runId }, key)).status).toBe(409);
  });

  it('are listed by each filter, page by page, and told as events without gaps', async () => {
    const list = (query: string) =>
      county.get<{
        items: { review_id: string; event_no: number }[];
        number_matched: number;
        next_cursor: string | null;
      }>(`/reviews${query}`);
    const all = await list('');
    expect(all.number_matched).toBe(await stored());
    for (const [query, count] of [
      ['?parcel_id=P2', 4],
      ['?parcel_id=P2&current=true', 1],
      ['?parcel_id=P2&state=rejected', 1],
      ['?parcel_id=P2&state=withdrawn', 0],
      ['?parcel_id=P1&project_code=50024220210001&check=not-cultivated', 1],
      ['?project_code=none', 0],
      [`?person=${li}&parcel_id=P2`, 2],
      ['?region_code=110101', 0],
      [`?run_id=${runId}&parcel_id=P2`, 1],
      [`?run_id=${runId}&state=stale`, 0],
    ] as const)
      expect((await list(query)).number_matched, query).toBe(count);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(`?limit=3${cursor}`);
      seen.push(...page.items.map(({ review_id }) => review_id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(new Set(seen).size).toBe(all.number_matched);
    expect(seen).toEqual(all.items.map(({ review_id }) => review_id));
    for (const query of ['?state=stale', '?state=odd', '?person=li', '?cursor=x'])
      expect((await county.call('GET', `/reviews${query}`)).status, query).toBe(400);
    const numbers: number[] = [];
    for (let after = 0; ; ) {
      const page = await county.get<{ items: { event_no: number; kind: string }[]; next_cursor: string | null }>(
        `/events?region_code=500242&limit=4&after=${after}`,
      );
      numbers.push(...page.items.map(({ event_no }) => event_no));
      if (page.next_cursor === null) break;
      after = Number(page.next_cursor);
    }
    expect(numbers).toEqual(Array.from({ length: all.number_matched }, (_, i) => i + 1));
  });

  it('stand in another run of the same shapes on the same layers', async () => {
    const again = await county.run(setId);
    const before = (await county.review(runId, 'P1'))!;
    expect(await county.review(again, 'P1')).toEqual(before);
    expect((await county.verdicts(again, '?state=stale')).number_matched).toBe(0);
  });

  it('are refused by hand and by the thousand over the limit', async () => {
    const item = await county.item(runId, 'P8', 'confirmed', { check: 'not-cultivated' });
    const { status, body } = await county.decide(
      zhang,
      Array.from({ length: 5001 }, () => item),
    );
    expect([status, body.code, body.where.field]).toEqual([413, 'too-large', 'items']);
    expect(await county.get('/config')).toMatchObject({ limits: { reviews: { items: 5000, batch: 10_000 } } });
  });
});
