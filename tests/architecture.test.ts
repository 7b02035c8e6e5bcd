/** The house rules that a machine can keep: which way imports point, and where certain words may stand. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A file imports only lower ranks or its own folder. Files of server/ itself are named, folders by their name. */
const ranks: Record<string, number> = {
  domain: 0,
  'errors.ts': 0,
  'problem-titles.ts': 0,
  'config.ts': 1,
  database: 1,
  layers: 2,
  terrain: 2,
  overlay: 2,
  intake: 3,
  checks: 3,
  verification: 4,
  ledger: 4,
  jobs: 4,
  exports: 5,
  tiles: 5,
  http: 6,
};

/** main.ts, cli.ts, app.ts and whatever else lies in server/ itself */
const rankOf = (room: string) => ranks[room] ?? (room.endsWith('.ts') ? 7 : undefined);

interface Source {
  path: string;
  text: string;
}

function sources(pattern: string): Source[] {
  return globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const server = sources('server/**/*.ts');
const webMap = sources('web-map/src/**/*.{ts,vue}');
const sqlFiles = sources('sql/**/*.sql');

const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`])\/\/[^\n]*/g, '$1');

function importsOf({ path, text }: Source): string[] {
  const found = [
    ...withoutComments(text).matchAll(/\bfrom\s+'([^']+)'|\bimport\s*\(\s*'([^']+)'|\bimport\s+'([^']+)'/g),
  ];
  return found
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((target) => target.startsWith('.'))
    .map((target) =>
      normalize(join(dirname(path), target))
        .split(sep)
        .join('/'),
    );
}

/** server/http/routes/runs.ts → http; server/errors.ts → errors.ts */
const roomOf = (path: string) => path.split('/')[1] ?? '';

describe('the ranks of server/', () => {
  it('know every room there is', () => {
    const rooms = [...new Set(server.map(({ path }) => roomOf(path)))];
    expect(rooms.filter((room) => rankOf(room) === undefined)).toEqual([]);
  });

  it('are kept: a file imports only lower ranks or its own folder', () => {
    const wrong = server.flatMap((source) =>
      importsOf(source)
        .filter((target) => {
          if (!target.startsWith('server/')) return true;
          const [from, to] = [roomOf(source.path), roomOf(target)];
          const highest = rankOf(from) === 7 && rankOf(to) === 7;
          return from !== to && !highest && !((rankOf(to) ?? 99) < (rankOf(from) ?? -1)) && !bothGround(from, to);
        })
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('are found out when broken', () => {
    const source = {
      path: 'server/domain/x.ts',
      text: `import { a } from '../http/y.ts';\nimport type { B } from './z.ts';`,
    };
    expect(importsOf(source)).toEqual(['server/http/y.ts', 'server/domain/z.ts']);
  });
});

/** errors.ts, its titles and domain are one rank and may know each other. */
function bothGround(from: string, to: string): boolean {
  return rankOf(from) === 0 && rankOf(to) === 0;
}

describe('words that have one place', () => {
  it('process.* stands only in main.ts, cli.ts, config.ts and *.child.ts, save the versions that a manifest pins', () => {
    const allowed = /^server\/(main|cli|config)\.ts$|\.child\.ts$/;
    expect(
      server
        .filter(
          ({ path, text }) =>
            !allowed.test(path) &&
            /\bprocess\s*(\.(?!versions\b|arch\b)|\[)|from 'node:process'/.test(withoutComments(text)),
        )
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('http/ holds no SQL', () => {
    const sqlText =
      /sql`|sql\.raw|CompiledQuery|[`'"]\s*(select|insert into|update|delete from|with|create|alter|drop)\s+[\w*"(]+[\s\S]{0,200}?\b(from|values|set|as|table)\b/i;
    expect(
      server
        .filter(({ path, text }) => path.startsWith('server/http/') && sqlText.test(withoutComments(text)))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('SQL of more than a line is a file under sql/, not a string in TypeScript', () => {
    const begins = /^`\s*(select|insert into|update|delete from|with|create (table|function|index|view))\b/i;
    const long = (text: string) =>
      [...withoutComments(text).matchAll(/`(?:[^`\\]|\\[\s\S])*`/g)].some(
        ([literal]) => begins.test(literal) && literal.trim().includes('\n'),
      );
    expect(server.filter(({ text }) => long(text)).map(({ path }) => path)).toEqual([]);
  });

  it('one file alone makes the map', () => {
    const uses = webMap.filter(({ text }) =>
      /import\s+(?!type\b)[^;']*from 'maplibre-gl'|import\s*\('maplibre-gl'\)/.test(text),
    );
    expect(uses.map(({ path }) => path)).toEqual(['web-map/src/map/map-owner.ts']);
    expect(uses[0]?.text.match(/\bnew (GlMap|maplibregl\.Map)\(/g)).toHaveLength(1);
  });

  it('no select takes a raw geometry column: shapes leave as GeoJSON text or WKB', () => {
    const raw =
      /\.select\([^)]*['"](\w+\.)?(geom|source_geom)['"]|\.selectAll\(\s*['"](layer_feature|layer_piece|parcel|piece|mask|chunk_shape)['"]|selectFrom\('(layer_feature|layer_piece|parcel|piece)'\)\s*\.selectAll\(\)/;
    expect(server.filter(({ text }) => raw.test(withoutComments(text))).map(({ path }) => path)).toEqual([]);
  });

  it('no SQL function swallows exceptions: on the embedded engine a trap inside would pass as success', () => {
    expect(
      sqlFiles
        .filter(({ text }) => /\bexception\s+when\b/i.test(text.replaceAll(/--[^\n]*/g, '')))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('manners', () => {
  it('no file is longer than 300 lines, and no suite longer than 500', () => {
    const tooLong = (bound: number, files: Source[]) =>
      files
        .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
        .filter(({ lines }) => lines > bound);
    expect([...tooLong(300, [...server, ...webMap, ...sqlFiles]), ...tooLong(500, sources('tests/**/*.ts'))]).toEqual(
      [],
    );
  });

  it('every room of server/ says in at most 20 lines what lives there', () => {
    const rooms = [...new Set(server.map(({ path }) => roomOf(path)))].filter((room) => !room.endsWith('.ts'));
    const wrong = rooms.filter((room) => {
      const readme = join(root, 'server', room, 'README.md');
      return !existsSync(readme) || readFileSync(readme, 'utf8').trimEnd().split('\n').length > 20;
    });
    expect(wrong).toEqual([]);
  });
});
