/** `replay`: a run of a database computed again from the command line. */
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../server/database/connect.ts';
import { plots, redLine } from '../http/county.ts';
import { freshPlace, onDatabase } from '../support/databases.ts';
import { command, Desk } from './command.ts';

onDatabase('postgis', 'the command replay', () => {
  const desk = new Desk();
  let url: string;
  let run: string;

  const inDatabase = async <Row>(statement: string): Promise<Row[]> => {
    const database = await openDatabase({ databaseUrl: url });
    try {
      return (await sql.raw<Row>(statement).execute(database.db)).rows;
    } finally {
      await database.close();
    }
  };

  beforeAll(async () => {
    url = await freshPlace('postgis');
    const [parcels, red] = [desk.file('parcels.geojson', plots(4)), desk.file('red.geojson', redLine)];
    const layer = `eco-red-line=${red}`;
    const ended = await command(
      'verify',
      '--parcels',
      parcels,
      '--layer',
      layer,
      '--out',
      desk.folder,
      '--database-url',
      url,
    );
    expect(ended.code, ended.stderr).toBe(0);
    run = (await inDatabase<{ run_id: string }>('select run_id from run'))[0]!.run_id;
  });

  it('says equal and ends with 0, until something is changed: then it is named, and the end is 1', async () => {
    const { code, stdout } = await command('replay', '--run', run, '--database-url', url);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { run_id: run, answer: 'equal', parcel_count: 4 }]);
    await inDatabase(`update result set verdict = 'compliant' where verdict = 'non_compliant'`);
    const after = await command('replay', '--run', run, '--database-url', url);
    const found = JSON.parse(after.stdout);
    expect([after.code, found.answer]).toEqual([1, 'different']);
    expect(found.differences[0]).toMatchObject({
      parcel_id: 'P1',
      field: 'verdict',
      stored: 'compliant',
      recomputed: 'non_compliant',
    });
  });

  it('ends with 2 and the problem where there is no such run', async () => {
    for (const [id, code] of [
      ['x', 'not-found'],
      ['00000000-0000-4000-8000-000000000000', 'not-found'],
    ]) {
      const ended = await command('replay', '--run', id!, '--database-url', url);
      expect([ended.code, ended.problem?.['code']]).toEqual([2, code]);
    }
    expect((await command('replay', '--database-url', url)).problem).toMatchObject({
      code: 'validation',
      where: { field: '--run' },
    });
    expect((await command('replay', '--runs', 'x')).code).toBe(2);
  });
});
