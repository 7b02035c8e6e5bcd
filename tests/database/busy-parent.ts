/** Started by embedded-process.test.ts to be killed: opens the folder (or a temporary one), sets the engine to work if asked, tells its pid. */
import { openDatabase } from '../../server/database/connect.ts';

process.on('disconnect', () => process.exit(1));
const [folder = '', busy = ''] = process.argv.slice(2);
const database = await openDatabase(folder === '' ? {} : { dataDir: folder });
await database.pool.query('create table before (n int)');
await database.pool.query('insert into before values (1)');
if (busy !== '') database.pool.query('select count(*) from generate_series(1, 2000000000)').catch(() => {});
setTimeout(() => process.send?.(database.embedded?.pid()), 500);
