/** Runs the Python witness. It needs python3 with Shapely and pyproj, and gdal-bin for rasters: the parts `shapely` and `gdal` of the tests. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);
/** the distribution's own Python, whose packages come by apt; another one on the path may lack them */
const interpreter = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** args as in witness.py; they must include --out. Rejects with the witness's own words. */
export async function runWitness(args: readonly string[]): Promise<void> {
  await run(interpreter, ['-B', 'witness.py', ...args], { cwd: folder, maxBuffer: 1 << 26 });
}

/** Runs a few lines of Python beside the witness's modules. -> its stdout. */
export async function python(code: string, args: readonly string[] = []): Promise<string> {
  const { stdout } = await run(interpreter, ['-B', '-c', code, ...args], { cwd: folder, maxBuffer: 1 << 26 });
  return stdout;
}
