/**
 * The corpus driven through the real server: on PostGIS of each group three that load and one of each refusal, drawn by seed; on the embedded
 * database one that loads, and one of each refusal of layers, registers and requests, which ask the database. The other refusals are the readers'.
 * CORPUS=all drives all of it on PostGIS (five minutes), CORPUS=geojson/ a group on both.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeGdalFiles } from '../intake/gdal-files.ts';
import type { DatabaseKind } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import type { CorpusCase } from './case.ts';
import { send } from './drive.ts';
import { goodFiles } from './goods.ts';
import { corpus } from './manifest.ts';
import { Mutations } from './mutate.ts';
import { drawn, runCorpus, told } from './run.ts';
import { WatchedServer } from './server.ts';

removeGdalFiles();
const asked = process.env['CORPUS'];
const only = asked === 'all' ? undefined : asked;
const seed = 20_261_125;
const longestMs = 1_500_000;

/** MB by which the server may grow (THREATS T2), and that the largest parser may take (RasterLimits.memoryBytes, looked at four times a second) */
const growthMb = 300;
const parserMb = 1536 * 1.25;

function driven(kind: DatabaseKind, cases: readonly CorpusCase[]): void {
  const describeIt = kind === 'postgis' ? requirePart('postgis', 'gdal') : requirePart('gdal');
  describeIt(`the corpus (${kind})`, () => {
    let server: WatchedServer;
    beforeAll(async () => {
      server = await WatchedServer.start(kind);
    });
    afterAll(() => server.stop());

    it(
      'every file is loaded as it was made, or refused as promised',
      async () => {
        const results = await runCorpus(
          server,
          only === undefined ? cases : corpus.filter(({ name }) => name.startsWith(only)),
        );
        if (only !== undefined)
          console.log(
            results
              .map(({ one, got, ms, silent }) => `${one.name} ${got} ${ms} ms, ${silent} silent: ${one.odd}`)
              .join('\n'),
          );
        expect(told(results)).toEqual([]);
      },
      longestMs,
    );

    const changed = kind === 'postgis' ? 40 : 12;
    it(
      `${changed} sound files changed at random are loaded or refused, and no more rows are there than were loaded`,
      async () => {
        const mutations = new Mutations(await goodFiles());
        const before = await server.counts();
        const faults: string[] = [];
        let loaded = 0;
        const lane = async (from: number) => {
          for (let number = from; number < from + changed / 2; number++) await sendOne(number);
        };
        const sendOne = async (number: number) => {
          const { good, bytes, done } = mutations.make(number);
          const answer = await send(server.url, good, bytes);
          const atOnceEmpty = answer.atOnce && bytes.length === 0;
          if (answer.problem === undefined) loaded++;
          else if (answer.atOnce && !atOnceEmpty) answer.faults.push('refused by the request');
          faults.push(...answer.faults.map((fault) => `${number} (${good.format}: ${done.join(', ')}): ${fault}`));
        };
        await Promise.all([lane(1_000_001), lane(1_000_001 + changed / 2)]);
        const after = await server.counts();
        const grown = ['parcel_set', 'layer', 'project_register'].map((table) => after[table]! - before[table]!);
        expect(faults).toEqual([]);
        expect(grown.reduce((sum, n) => sum + n)).toBe(loaded);
        expect(server.leftovers()).toEqual([]);
      },
      longestMs,
    );

    it('has kept the memory of the server and of its parsers within bounds, and has never kept the next request waiting', async () => {
      expect(server.isUp).toBe(true);
      expect(server.memory.most - server.memory.idle).toBeLessThan(growthMb);
      expect(server.memory.parser).toBeLessThan(parserMb);
      expect(await server.lagMs()).toBeLessThan(1000);
      const sound = corpus.find(({ odd }) => odd === 'stored, not deflated')!;
      expect(
        await send(server.url, { ...sound, fields: { name: 'the next one' } }, Buffer.from(sound.data as Buffer)),
      ).toMatchObject({ faults: [], problem: undefined });
    });
  });
}

driven('postgis', asked === 'all' ? corpus : drawn(corpus, seed, { loads: 3, refusals: 1 }));
const askingTheDatabase = corpus.filter(
  ({ name, expected }) => 'load' in expected || /^(layer|register|request)\//.test(name),
);
driven('embedded', drawn(askingTheDatabase, seed, { loads: 1, refusals: 1 }));
