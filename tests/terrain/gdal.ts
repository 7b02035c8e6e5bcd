/** GDAL as a second reader and writer. Suites that need it are skipped by name without it, and fail under CI=true. */
import { execFileSync } from 'node:child_process';
import { describe } from 'vitest';

export const hasGdal = (() => {
  try {
    execFileSync('gdalinfo', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export const describeWithGdal = hasGdal || process.env['CI'] === 'true' ? describe : describe.skip;

export function gdal(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** All cells of band 1 as GDAL reads them, as float64 (ENVI raw, written beside the file). */
export async function gdalCells(path: string): Promise<Float64Array> {
  const { readFile } = await import('node:fs/promises');
  gdal('gdal_translate', '-q', '-of', 'ENVI', '-ot', 'Float64', '-b', '1', path, `${path}.raw`);
  const bytes = await readFile(`${path}.raw`);
  return new Float64Array(new Uint8Array(bytes).buffer);
}
