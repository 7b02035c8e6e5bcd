/**
 * GDAL, as WebAssembly, reading one file geodatabase: first what layers are in it, then the chosen ones into a GeoPackage.
 * A thread of the parser's process, because GDAL answers nothing while it works and somebody has to report progress; its
 * memory is that of the process, which is watched (read-source.ts). It sees two folders of the disk and no network.
 */
import { createRequire } from 'node:module';
import { dirname, relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { ConvertAnswer, ConvertOrder, GdalLayer } from './gdb-convert.ts';

interface Dataset {
  info?: { driverShortName?: string; layers?: InfoLayer[] };
}
interface InfoLayer {
  name: string;
  metadata?: { ''?: { ALIAS_NAME?: string } };
  geometryFields?: { type?: string }[];
  featureCount?: number;
}
interface Gdal {
  open(path: string): Promise<{ datasets: Dataset[] }>;
  ogr2ogr(dataset: Dataset, options: string[], name: string): Promise<{ real: string }>;
}

const order = workerData as ConvertOrder;
const say = (answer: ConvertAnswer) => parentPort?.postMessage(answer);
/** what GDAL complained of: an error means that rows may be missing, even where it went on */
const errors: string[] = [];

async function start(): Promise<Gdal | undefined> {
  const require = createRequire(import.meta.url);
  let folder: string;
  let init: (config: object) => Promise<Gdal>;
  try {
    folder = dirname(require.resolve('gdal3.js/dist/package/gdal3.node.js'));
    init = require('gdal3.js/node.js');
  } catch {
    say({ kind: 'absent' });
    return undefined;
  }
  return init({
    // it puts './' before the path
    path: relative('', folder),
    dest: order.target,
    logHandler: () => {},
    errorHandler: (line: string) => {
      if (/^ERROR/.test(line) && errors.length < 20) errors.push(line.slice(0, 400));
    },
    // the file is ours alone and is thrown away on any failure
    env: { OGR_SQLITE_SYNCHRONOUS: 'OFF', OGR_SQLITE_JOURNAL: 'OFF', CPL_DEBUG: 'OFF' },
  });
}

const layerOf = ({ name, metadata, geometryFields, featureCount }: InfoLayer): GdalLayer => ({
  name,
  alias: metadata?.['']?.ALIAS_NAME || undefined,
  geometryType: geometryFields?.[0]?.type ?? 'None',
  featureCount: featureCount ?? 0,
});

async function work(): Promise<void> {
  const gdal = await start();
  if (!gdal) return;
  const { datasets } = await gdal.open(order.source);
  const dataset = datasets[0];
  if (dataset?.info?.driverShortName !== 'OpenFileGDB' || errors.length > 0) return say({ kind: 'unreadable', errors });
  say({ kind: 'layers', layers: (dataset.info.layers ?? []).map(layerOf) });
  parentPort?.once('message', (names: string[]) => {
    // curves become chains of segments; an index is of no use to whoever reads the rows once
    const options = ['-f', 'GPKG', '-nlt', 'CONVERT_TO_LINEAR', '-nlt', 'PROMOTE_TO_MULTI', '-lco', 'SPATIAL_INDEX=NO'];
    gdal.ogr2ogr(dataset, [...options, ...names], 'converted').then(
      ({ real }) => say(errors.length > 0 ? { kind: 'unreadable', errors } : { kind: 'converted', path: real }),
      (error: unknown) => say({ kind: 'unreadable', errors: [...errors, JSON.stringify(error)] }),
    );
  });
}

work().catch((error: unknown) =>
  say({ kind: 'unreadable', errors: [...errors, String(error), JSON.stringify(error)] }),
);
