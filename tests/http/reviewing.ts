/** A county under review: forty plots, thirty of them forest now (ten to be restored at once), two under a red line, and runs over them. */
import { expect } from 'vitest';
import type { FlagReview } from '../../server/domain/review.ts';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import type { Review } from '../../server/http/schemas/reviews.ts';
import { jobIn } from '../jobs/waiting.ts';
import { geojson, plots, redLine, type Square } from './county.ts';
import { type Service, upload } from './service.ts';

/** The feature of CONTRACT §4 as a reviewer gets it. */
export interface Reviewed extends Omit<VerdictFeature, 'properties'> {
  properties: Omit<VerdictFeature['properties'], 'checks'> & {
    geometry_hash: string;
    checks: Record<string, { outcome: string; area_m2?: number; review?: FlagReview }>;
  };
}
export interface Collection {
  features: Reviewed[];
  next_cursor: string | null;
  number_matched: number;
}

export const landUse = geojson([
  { west: 108.79, south: 28.79, size: 0.029, properties: { DLBM: '0301', DLMC: '乔木林地', ZZSXDM: 'JKHF' } },
  { west: 108.819, south: 28.79, size: 0.04, properties: { DLBM: '0301', DLMC: '乔木林地', ZZSXDM: '' } },
  { west: 108.859, south: 28.79, size: 0.1, properties: { DLBM: '0101', DLMC: '水田', ZZSXDM: 'LS' } },
]);

export const squares = (...list: Square[]) => geojson(list);

export class ReviewedCounty {
  readonly service: Service;
  constructor(service: Service) {
    this.service = service;
  }

  async call<T = Record<string, unknown>>(
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T; headers: Record<string, unknown> }> {
    const answer = await this.service.app.inject({
      method,
      url: `/api/v1${url}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.json() as T, headers: answer.headers };
  }

  async get<T = Record<string, unknown>>(url: string): Promise<T> {
    const { status, body } = await this.call<T>('GET', url);
    expect(status, `${url} ${JSON.stringify(body)}`).toBe(200);
    return body;
  }

  async person(name: string): Promise<string> {
    return (await this.call<{ person_id: string }>('POST', '/persons', { name })).body.person_id;
  }

  async layer(type: string, data: string, fields: Record<string, string> = {}): Promise<string> {
    const accepted = await upload(this.service, '/layers', { name: `${type}.geojson`, data }, { type, ...fields });
    expect(accepted.statusCode, accepted.body).toBe(202);
    const job = await jobIn(this.service.database, accepted.json().job_id);
    expect(job.problem).toBeNull();
    return accepted.json().layer_id;
  }

  async set(data: string, fields: Record<string, string> = {}): Promise<string> {
    const accepted = await upload(this.service, '/parcel-sets', { name: 'p.geojson', data }, fields);
    expect(accepted.statusCode, accepted.body).toBe(202);
    const job = await jobIn(this.service.database, accepted.json().job_id);
    expect(job.problem).toBeNull();
    return accepted.json().parcel_set_id;
  }

  async run(setId: string, more: object = {}): Promise<string> {
    const { status, body } = await this.call<{ run_id: string; job_id: string }>('POST', '/runs', {
      parcel_set_ids: [setId],
      earlier_set_ids: [],
      ...more,
    });
    expect(status, JSON.stringify(body)).toBe(202);
    const job = await jobIn(this.service.database, body.job_id);
    expect([job.state, job.problem]).toEqual(['succeeded', null]);
    return body.run_id;
  }

  /** layers, set and a first run */
  async begin(): Promise<{ setId: string; runId: string }> {
    await this.layer('eco-red-line', redLine);
    await this.layer('land-use', landUse, { year: '2023' });
    const setId = await this.set(plots(40));
    return { setId, runId: await this.run(setId) };
  }

  verdicts(runId: string, query = ''): Promise<Collection> {
    return this.get<Collection>(`/runs/${runId}/verdicts${query}`);
  }

  async parcel(runId: string, id: string): Promise<Reviewed['properties']> {
    return (await this.get<Reviewed>(`/runs/${runId}/verdicts/${id}`)).properties;
  }

  async review(runId: string, id: string, check = 'eco-red-line'): Promise<FlagReview | undefined> {
    return (await this.parcel(runId, id)).checks[check]?.review;
  }

  /** an item that decides a flag as it is seen in a run */
  async item(runId: string, id: string, decision: string, more: object = {}): Promise<Record<string, unknown>> {
    const { parcel_id, project_code, geometry_hash } = await this.parcel(runId, id);
    const flag = { parcel_id, project_code, geometry_hash, check: 'eco-red-line' };
    return { ...flag, decision, reason: '现场核实', ...more };
  }

  decide(person: string, items: object[], more: object = {}, headers: Record<string, string> = {}) {
    const payload = { items, ...more };
    return this.call<{ items: Review[] } & Problem>('POST', '/reviews', payload, { 'x-person-id': person, ...headers });
  }
}

export interface Problem {
  code: string;
  detail: string;
  where: {
    field: string;
    problems: { field: string; code: string; detail: string; current?: Record<string, unknown> }[];
  };
}
