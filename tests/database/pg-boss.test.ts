import { PgBoss } from 'pg-boss';
import { expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';

eachDatabase('the job queue', (open) => {
  it('starts on the pool of the application, takes a job once, and retries one that failed', async () => {
    const database = await open();
    const boss = new PgBoss({
      db: { executeSql: (text, values) => database.pool.query(text, values) },
      supervise: false,
      schedule: false,
    });
    boss.on('error', () => {});
    await boss.start();
    await boss.createQueue('measure', { retryLimit: 1, retryDelay: 0 });
    const id = await boss.send('measure', { parcel: '地块-1' });
    const [first] = await boss.fetch<{ parcel: string }>('measure');
    expect(first).toMatchObject({ id, data: { parcel: '地块-1' } });
    expect(await boss.fetch('measure')).toEqual([]);
    await boss.fail('measure', id!, { reason: 'trap' });
    const [second] = await boss.fetch('measure');
    expect(second?.id).toBe(id);
    await boss.complete('measure', id!);
    expect(await boss.fetch('measure')).toEqual([]);
    await boss.stop({ graceful: false });
  });
});
