/**
 * Every check on hand-made plots: `<check-id>/in` holds the files and what to run on them (case.json), `<check-id>/out` what
 * each run must say of each parcel (expected.json), worked by hand from the coordinates. How to add one: README.md.
 */
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../server/checks/index.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { differences } from './compare.ts';
import { type Fixture, type Received, readFixture, receiveFixture } from './fixture.ts';

removeFiles();
const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const fixtures = folders.map(readFixture);

it('there is a fixture for every check, and no other', () => {
  expect(folders.toSorted()).toEqual(checks.map((check) => check.id).toSorted());
});

eachDatabase('checks', (open) => {
  let database: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await open();
  });
  describe.each(fixtures)('$check', (fixture: Fixture) => {
    let received: Received;
    beforeAll(async () => {
      // a county of its own for each, so that no case meets another
      received = await receiveFixture(database, fixture, String(990001 + fixtures.indexOf(fixture)));
    });

    it.each(fixture.runs)('$id', async (run) => {
      const { features } = await received.run(run);
      expect(differences(fixture, run, features)).toEqual([]);
    });

    const { threshold } = fixture;
    if (threshold === undefined) return;
    it(`is decided at ${threshold.param} exactly: at the digit it passes, a hair beyond it fails`, async () => {
      const run = fixture.runs.find(({ id }) => id === (threshold.run ?? fixture.runs[0]!.id))!;
      const measured = (await received.run(run)).findingOf(threshold.parcel)[threshold.measure ?? 'area_m2'];
      expect(measured).toBeTypeOf('number');
      const edge = Math.abs(measured as number);
      const hair = edge * 2 ** -50;
      const outcomeAt = async (value: number) => {
        const own = { ...run.params?.[fixture.check], ...threshold.params, [threshold.param]: value };
        const again = await received.run({ ...run, params: { ...run.params, [fixture.check]: own } });
        return again.findingOf(threshold.parcel).outcome;
      };
      expect(await outcomeAt(edge)).toBe('pass');
      expect(await outcomeAt(threshold.failsAbove ? edge + hair : edge - hair)).toBe('fail');
    });
  });
});
