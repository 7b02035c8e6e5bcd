/** What a stranger gets: the lock file, the container files and the promises about them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const packages = JSON.parse(file('package-lock.json')).packages as Record<
  string,
  { version?: string; resolved?: string; integrity?: string; link?: boolean }
>;

describe('the lock file', () => {
  // reasons in docs/dependencies.md
  it.each([
    ['kysely', '0.28.17'],
    ['fastify', '5.12.1'],
  ])('holds %s at %s or newer, for its security fixes', (name, least) => {
    const found = packages[`node_modules/${name}`]?.version ?? '0';
    const [a, b] = [found, least].map((version) => version.split('.').map(Number));
    const order = [0, 1, 2].map((i) => (a?.[i] ?? 0) - (b?.[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
    expect(order, `${name} ${found}`).toBeGreaterThanOrEqual(0);
  });

  it('holds the two packages of the embedded database at the versions that belong together', () => {
    expect(packages['node_modules/@electric-sql/pglite']?.version).toBe('0.5.8');
    expect(packages['node_modules/@electric-sql/pglite-postgis']?.version).toBe('0.2.8');
  });

  it('names no host that packages were fetched from, and a checksum for each', () => {
    const fetched = Object.entries(packages).filter(([path]) => path !== '');
    expect(fetched.length).toBeGreaterThan(100);
    expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    // packages bundled inside another have none of their own
    const bare = fetched.filter(
      ([, entry]) => entry.integrity === undefined && !(entry as { inBundle?: boolean }).inBundle,
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('pins every package the project names to one version, each with its reason', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(file('package.json'));
    const reasons = file('docs/dependencies.md');
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      const named = name.startsWith('@types/') ? '@types/' : name.replace(/^@electric-sql\//, '');
      expect(reasons, `docs/dependencies.md says why ${name}`).toContain(named);
    }
  });
});

requirePart('docker-compose')('docker-compose.yml', () => {
  const config = (env: Record<string, string>) =>
    execFileSync('docker-compose', ['-f', new URL('../../docker-compose.yml', import.meta.url).pathname, 'config'], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('is accepted, listens on loopback and waits for a healthy database', () => {
    const text = config({ POSTGRES_PASSWORD: 'chosen-for-this-test' });
    expect(text).toContain('127.0.0.1:8080:8080');
    expect(text).toContain('condition: service_healthy');
    expect(text).toContain('postgres://zhanbu:chosen-for-this-test@database:5432/zhanbu');
  });

  it('does not start with a password nobody chose', () => {
    expect(() => config({})).toThrow(/choose a password/);
  });
});

describe('the Dockerfile', () => {
  it('runs the Node that package.json asks for, as a user without rights', () => {
    expect(file('Dockerfile')).toMatch(/FROM node:24-/);
    expect(file('Dockerfile')).toMatch(/^USER node$/m);
    expect(JSON.parse(file('package.json')).engines.node).toBe('>=24');
  });
});
