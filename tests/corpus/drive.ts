/** Sends a case to the server as a client would, waits for its answer, and says what of it is not as promised. */
import { setTimeout as pause } from 'node:timers/promises';
import { problemStatus } from '../../server/errors.ts';
import { form } from '../http/service.ts';
import { geometryAreaM2 } from '../witness/geodesic.ts';
import { bytesOf, type CorpusCase, type Load, type Refuse } from './case.ts';

/** ms without an answer or progress (THREATS T1); a parser killed after 10 s takes a moment to be gone */
const silentMs = 10_500;

interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  where?: object;
}
interface Job {
  state: string;
  progress: number;
  result?: Record<string, never>;
  problem?: Problem;
}
export interface Outcome {
  /** why it is not as promised, in words */
  faults: string[];
  /** `load` or the code it was refused with */
  got: string;
  ms: number;
  /** ms it was silent at the longest */
  silent: number;
}

const pathOf = ({ to }: Pick<CorpusCase, 'to'>) =>
  to === 'parcel-set' ? '/parcel-sets' : to === 'register' ? '/project-registers' : '/layers';

interface Answer {
  /** what is wrong whatever the file is */
  faults: string[];
  ms: number;
  silent: number;
  /** the request itself was refused */
  atOnce: boolean;
  problem: Problem | undefined;
  result: Record<string, unknown>;
  /** the body of the first answer */
  body: { layer_id?: string };
}
export type Sent = Pick<CorpusCase, 'to' | 'file' | 'fields' | 'parts'>;

/** Any file: it is taken and its job ends well, or it is refused soundly. */
export async function send(url: string, one: Sent, data: Buffer): Promise<Answer> {
  const api = `${url}/api/v1`;
  const fields = ['parcel-set', 'register'].includes(one.to) ? one.fields : { type: one.to, ...one.fields };
  const { headers, payload } = form(
    one.parts ?? [
      ...Object.entries(fields).map(([name, value]) => ({ name, value })),
      { name: 'file', file: one.file, data },
    ],
  );
  const faults: string[] = [];
  const began = Date.now();
  const sent = await fetch(api + pathOf(one), { method: 'POST', headers, body: new Uint8Array(payload) });
  const body = (await sent.json()) as Problem & { job_id?: string; layer_id?: string };
  const atOnce = sent.status >= 400;
  let problem: Problem | undefined = atOnce ? body : undefined;
  let result: Record<string, unknown> = {};
  let silent = 0;
  if (!atOnce) {
    const ended = await follow(`${api}/jobs/${body.job_id}`);
    silent = ended.silent;
    problem = ended.job.problem;
    result = ended.job.result ?? {};
    if (ended.job.state !== (problem ? 'failed' : 'succeeded')) faults.push(`its job is ${ended.job.state}`);
  }
  if (silent > silentMs) faults.push(`${silent} ms without a sign`);
  if (problem !== undefined) faults.push(...soundProblem(problem));
  return { faults, ms: Date.now() - began, silent, atOnce, problem, result, body };
}

export async function drive(url: string, one: CorpusCase): Promise<Outcome> {
  const { expected } = one;
  const { faults, problem, result, atOnce, body, ms, silent } = await send(url, one, await bytesOf(one));
  if ('load' in expected) {
    if (problem !== undefined) faults.push(`refused: ${problem.code} ${problem.detail}`);
    else faults.push(...(await compareLoad(`${url}/api/v1`, one, expected, result, body)));
  } else if (problem === undefined) faults.push(`loaded: ${JSON.stringify(result).slice(0, 400)}`);
  else faults.push(...compareRefusal(expected, problem, atOnce));
  return { faults, got: problem?.code ?? 'load', ms, silent };
}

async function follow(url: string): Promise<{ job: Job; silent: number }> {
  let since = 0;
  let silent = 0;
  let last = '';
  let looked = Date.now();
  for (let wait = 20; ; wait = Math.min(150, wait * 1.3)) {
    const job = (await (await fetch(url)).json()) as Job;
    // where this process itself was held up, making the next file, it saw nothing: such a gap counts as one look
    since += Math.min(Date.now() - looked, 500);
    looked = Date.now();
    const sign = `${job.state} ${job.progress}`;
    // a job that waits for its turn is not silent
    if (sign !== last || job.state === 'queued') since = 0;
    last = sign;
    silent = Math.max(silent, since);
    if (!['queued', 'running'].includes(job.state)) return { job, silent };
    await pause(wait);
  }
}

/** Whatever it is refused for: a 4xx of the list, in sentences, that let nothing of the inside out. */
function soundProblem({ status, code, title, detail }: Problem): string[] {
  const faults: string[] = [];
  if (!(status >= 400 && status < 500)) faults.push(`status ${status}`);
  if (problemStatus[code as keyof typeof problemStatus] !== status) faults.push(`${code} with status ${status}`);
  if (!title || (!/[。）]$/.test(detail) && !/[\u4e00-\u9fff]/.test(detail))) faults.push(`no sentence: ${detail}`);
  if (/\bat .+:\d+:\d+|node_modules|\/tmp\/|undefined|\[object|NaN行|[\u0000-\u0008\u202e]/.test(detail))
    faults.push(`the inside shows: ${detail}`);
  return faults;
}

function compareRefusal({ refuse, where, atOnce }: Refuse, problem: Problem, wasAtOnce: boolean): string[] {
  const faults: string[] = [];
  if (!(refuse as readonly string[]).includes(problem.code))
    faults.push(`${problem.code} instead of ${refuse.join(' or ')}: ${problem.detail}`);
  if (atOnce !== wasAtOnce)
    faults.push(wasAtOnce ? 'answered by the request, not its job' : 'taken, refused by its job');
  if (where !== undefined && !includes(problem.where, where))
    faults.push(`where is ${JSON.stringify(problem.where)}, not ${JSON.stringify(where)}`);
  return faults;
}

/** Every member of `part` is in `whole`; lists of `part` are beginnings. */
export function includes(whole: unknown, part: unknown): boolean {
  if (part instanceof RegExp) return typeof whole === 'string' && part.test(whole);
  if (typeof part !== 'object' || part === null) return Object.is(whole, part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => includes((whole as Record<string, unknown>)[key], value));
}

async function compareLoad(
  api: string,
  { to }: CorpusCase,
  expected: Load,
  result: Record<string, unknown>,
  answer: { layer_id?: string },
): Promise<string[]> {
  const faults: string[] = [];
  const differs = (what: string, is: unknown, should: unknown) => faults.push(`${what} is ${is}, not ${should}`);
  const count = to === 'register' ? result['project_count'] : result['feature_count'];
  if (count !== expected.load) differs('the count', count, expected.load);
  const told = (result['warnings'] as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];
  for (const code of expected.told ?? []) if (!told.includes(code)) differs('what is told', told, code);
  if (expected.decided && !includes(result['decisions'], expected.decided))
    differs('what is decided', JSON.stringify(result['decisions']), JSON.stringify(expected.decided));
  if (expected.m2 !== undefined) {
    const m2 = to === 'parcel-set' ? Number(result['area_m2']) : await drawnM2(api, answer.layer_id!);
    if (!(Math.abs(m2 - expected.m2) < 0.01 + expected.m2 * 1e-7)) differs('the area', m2, expected.m2);
  }
  if (expected.cells) {
    const { raster } = (await (await fetch(`${api}/layers/${answer.layer_id}`)).json()) as {
      raster: { valid_cells: number; nodata_cells: number; max_slope_deg: number };
    };
    const { valid, missing, steepest } = expected.cells;
    if (raster.valid_cells !== valid) differs('cells with a slope', raster.valid_cells, valid);
    if (raster.nodata_cells !== missing) differs('cells without', raster.nodata_cells, missing);
    if (steepest !== undefined && Math.abs(raster.max_slope_deg - steepest) > 1e-3)
      differs('the steepest', raster.max_slope_deg, steepest);
  }
  return faults;
}

/** By GeographicLib, of the shapes that the layer shows. */
async function drawnM2(api: string, layer: string): Promise<number> {
  const { features } = (await (await fetch(`${api}/layers/${layer}/features?limit=10000`)).json()) as {
    features: { geometry: { type: string; coordinates: unknown } | null }[];
  };
  return features.reduce((sum, { geometry }) => sum + geometryAreaM2(geometry), 0);
}
