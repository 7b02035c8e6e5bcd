/** The corpus against one server: what loads first (increments need their base), then what is refused, in bundles after each of which the tables are counted. */
import { seeded } from '../support/seeded.ts';
import type { CorpusCase } from './case.ts';
import { drive, type Outcome } from './drive.ts';
import type { WatchedServer } from './server.ts';

/** requests under way: two files are read at a time, a third waits */
const lanes = 3;
const bundle = 24;

export interface Result extends Outcome {
  one: CorpusCase;
}

export async function runCorpus(server: WatchedServer, cases: readonly CorpusCase[]): Promise<Result[]> {
  const loads = cases.filter(({ expected }) => 'load' in expected);
  const refusals = cases.filter(({ expected }) => !('load' in expected));
  const results = await inLanes(
    server,
    loads.filter(({ first }) => first),
  );
  results.push(
    ...(await inLanes(
      server,
      loads.filter(({ first }) => !first),
    )),
  );
  for (let from = 0; from < refusals.length; from += bundle) {
    const before = JSON.stringify(await server.counts());
    const some = await inLanes(server, refusals.slice(from, from + bundle));
    const after = JSON.stringify(await server.counts());
    const left = server.leftovers();
    // whoever loaded against its promise has said so; then rows are no wonder
    if (some.every(({ got }) => got !== 'load') && before !== after)
      some[0]!.faults.push(`rows are left in this bundle: ${before} became ${after}`);
    if (left.length > 0) some[0]!.faults.push(`files are left in this bundle: ${left.join(', ')}`);
    results.push(...some);
  }
  return results;
}

async function inLanes(server: WatchedServer, cases: readonly CorpusCase[]): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...cases.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, one] = next;
      try {
        results[at] = { one, ...(await drive(server.url, one)) };
      } catch (error) {
        results[at] = {
          one,
          faults: [`no answer: ${String((error as Error).cause ?? error)}`],
          got: 'nothing',
          ms: 0,
          silent: 0,
        };
        if (!server.isUp) throw new Error(`the server died of ${one.name}, ${one.odd}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** Of each answer of each group so many cases at most, by seed; what others rely on is always among them. */
export function drawn(
  cases: readonly CorpusCase[],
  seed: number,
  most: { loads: number; refusals: number },
): CorpusCase[] {
  const random = seeded(seed);
  const kinds = Map.groupBy(
    cases,
    ({ name, expected }) => `${name.split('/')[0]} ${'load' in expected ? 'load' : expected.refuse[0]}`,
  );
  const chosen = new Set(cases.filter(({ first }) => first));
  for (const some of kinds.values()) {
    const left = [...some];
    const wanted = 'load' in some[0]!.expected ? most.loads : most.refusals;
    for (let n = 0; n < wanted && left.length > 0; n++)
      chosen.add(left.splice(Math.floor(random() * left.length), 1)[0]!);
  }
  return cases.filter((one) => chosen.has(one));
}

/** One line a case that is not as promised. */
export const told = (results: readonly Result[]): string[] =>
  results
    .filter(({ faults }) => faults.length > 0)
    .map(({ one, faults }) => `${one.name} (${one.odd}): ${faults.join('; ')}`);
