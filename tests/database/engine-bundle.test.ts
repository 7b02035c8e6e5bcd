/** The lean bundle of PostGIS, read by tar. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { postgis } from '@electric-sql/pglite-postgis';
import { afterAll, describe, expect, it } from 'vitest';
import { leanBundle } from '../../server/database/engine-bundle.ts';
import { onDatabase } from '../support/databases.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhanbu-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = (await postgis.setup({} as never, { PGLITE_ENV: {} })).bundlePath!;

function tar(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('tar', args, { maxBuffer: 2 ** 28 });
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}
const namesIn = (bundle: URL) => tar('tzf', fileURLToPath(bundle)).toString().trim().split('\n');

describe('the lean bundle of PostGIS', () => {
  const template = join(folder, 'cache', 'embedded');

  it('has what the extension is made of, byte by byte, and neither raster nor topology', () => {
    const lean = leanBundle(whole, template);
    expect(fileURLToPath(lean)).toMatch(/^.*\/cache\/embedded-[0-9a-f]{8}\.tar\.gz$/);
    const libraries = (bundle: URL) => namesIn(bundle).filter((name) => name.endsWith('.so'));
    expect(libraries(whole)).toHaveLength(3);
    expect(libraries(lean)).toEqual(['lib/postgresql/postgis-3.so']);
    for (const name of [
      'lib/postgresql/postgis-3.so',
      'share/proj/proj.db',
      'share/postgresql/extension/postgis.control',
    ])
      expect(tar('xzOf', fileURLToPath(lean), name).equals(tar('xzOf', fileURLToPath(whole), name)), name).toBe(true);
    const [version] = /\d+\.\d+\.\d+/.exec(
      tar('xzOf', fileURLToPath(lean), 'share/postgresql/extension/postgis.control').toString(),
    )!;
    expect(namesIn(lean)).toContain(`share/postgresql/extension/postgis--${version}.sql`);
    expect(gunzipSync(readFileSync(lean)).length).toBeLessThan(0.45 * gunzipSync(readFileSync(whole)).length);
  });

  it('is made once', () => {
    const lean = leanBundle(whole, template);
    expect(leanBundle(pathToFileURL(join(folder, 'not there')), template)).toEqual(lean);
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
  });

  it.each([
    ['is no gzip', Buffer.from('no archive')],
    ['is cut short', gzipSync(gunzipSync(readFileSync(whole)).subarray(0, 1_000_000))],
    ['names entries in a way not known', gzipSync(Buffer.alloc(1024, 'x'))],
  ])("is the library's own where that %s, and leaves nothing half-made", (_, bytes) => {
    const odd = join(folder, 'odd.tar.gz');
    writeFileSync(odd, bytes);
    const cache = mkdtempSync(join(folder, 'c'));
    expect(leanBundle(pathToFileURL(odd), join(cache, 'embedded'))).toEqual(pathToFileURL(odd));
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is the library's own where there is no place to keep another", () => {
    expect(leanBundle(whole, undefined)).toBe(whole);
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'a file'), '');
    expect(leanBundle(whole, join(folder, 'full', 'a file', 'embedded'))).toBe(whole);
  });
});

onDatabase('embedded', 'the engine', (open) => {
  it('starts with it: it offers no raster, and transforms by the grid definitions that are in it', async () => {
    const { pool } = await open();
    const offered = await pool.query(
      `select name from pg_available_extensions where name like 'postgis%' order by name`,
    );
    expect(offered.rows).toEqual([{ name: 'postgis' }]);
    // pyproj 9.1.1 gives these metres
    const { rows } = await pool.query(
      `select st_x(p) as x, st_y(p) as y from st_transform(st_setsrid(st_point(108.8, 28.8), 4490), 4524) as p`,
    );
    expect(rows[0].x).toBeCloseTo(36578102.07573997, 3);
    expect(rows[0].y).toBeCloseTo(3187365.1900739144, 3);
  });
});
