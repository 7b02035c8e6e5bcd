import { expect, it } from 'vitest';
import { onDatabase } from '../support/databases.ts';

onDatabase('embedded', 'clients that wait for the one engine', (open) => {
  it('are served a lone statement before a transaction is opened, but no transaction waits for ever', async () => {
    const { pool } = await open();
    const order: string[] = [];
    const [holder, opener] = [await pool.connect(), await pool.connect()];
    const others = await Promise.all([1, 2, 3].map(() => pool.connect()));
    await holder.query('begin');
    const opened = opener.query('begin').then(() => order.push('transaction'));
    // asked later, and again and again
    let asking = true;
    const asked = others.map(async (client) => {
      while (asking) {
        await client.query('select $1::int', [1]);
        order.push('lone');
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(order).toEqual([]);
    await holder.query('commit');
    await opened;
    asking = false;
    await opener.query('commit');
    await Promise.all(asked);
    const place = order.indexOf('transaction');
    expect(place).toBeGreaterThanOrEqual(3);
    expect(place).toBeLessThanOrEqual(20);
    for (const client of [holder, opener, ...others]) client.release();
  });
});
