/** The parts themselves, apart from vitest, so that the runner can ask too. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type Part =
  | 'postgis'
  | 'chromium'
  | 'cjk-fonts'
  | 'gdal'
  | 'libreoffice'
  | 'shapely'
  | 'docker-compose'
  | 'poppler';

interface PartWords {
  /** packages of Debian and Ubuntu */
  packages: string[];
  isHere(): boolean;
}

const answers = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export const parts: Record<Part, PartWords> = {
  postgis: { packages: ['postgresql', 'postgresql-postgis'], isHere: () => postgresBin() !== undefined },
  chromium: { packages: ['chromium-headless-shell'], isHere: () => chromiumPath() !== undefined },
  'cjk-fonts': { packages: ['fonts-noto-cjk'], isHere: () => answers('sh', '-c', 'fc-list :lang=zh-cn | grep -q .') },
  gdal: { packages: ['gdal-bin'], isHere: () => answers('ogrinfo', '--version') && answers('gdalinfo', '--version') },
  libreoffice: { packages: ['libreoffice-calc'], isHere: () => answers('soffice', '--version') },
  shapely: {
    packages: ['python3-shapely', 'python3-pyproj'],
    isHere: () => answers('/usr/bin/python3', '-c', 'import shapely, pyproj'),
  },
  poppler: { packages: ['poppler-utils'], isHere: () => answers('pdftotext', '-v') && answers('pdftoppm', '-v') },
  'docker-compose': { packages: ['docker-compose'], isHere: () => answers('docker-compose', 'version') },
};

/** Folder of initdb, pg_ctl and postgres of the newest PostgreSQL (15 or later) that has PostGIS; undefined where there is none. */
export function postgresBin(): string | undefined {
  const root = '/usr/lib/postgresql';
  const majors = existsSync(root)
    ? readdirSync(root)
        .map(Number)
        .filter((major) => major >= 15)
    : [];
  const newest = majors
    .sort((a, b) => b - a)
    .find((major) => existsSync(`/usr/share/postgresql/${major}/extension/postgis.control`));
  return newest === undefined ? undefined : join(root, String(newest), 'bin');
}

/** The same Chromium without a desktop around it comes first: a page with a map takes 5.7 s of CPU until it stands instead of 10.9. */
export function chromiumPath(): string | undefined {
  return ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
    .map((name) => `/usr/bin/${name}`)
    .find((path) => existsSync(path));
}
