/** The service as a process, with chunks small enough to be killed between: the settings come from the environment, as main.ts reads them. */
import { readConfig } from '../../server/config.ts';
import { serve } from '../../server/main.ts';

const size = Number(process.env['TEST_CHUNK_SIZE']);
const lease = Number(process.env['TEST_CHUNK_LEASE_S']);
await serve({ ...readConfig(process.env), chunkSize: { postgis: size, embedded: size }, chunkLeaseS: lease });
