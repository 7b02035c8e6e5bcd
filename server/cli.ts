/** The command line: thin, it reads arguments and calls the same functions as HTTP does. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bad, existing, unitOf } from './arguments.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { AppError } from './errors.ts';
import { localized } from './http/localized.ts';
import type { IncrementAsked } from './intake/increment-base.ts';
import { problemTitles } from './problem-titles.ts';
import { type VerifyRequest, verifyFiles } from './verify-files.ts';

const usage = `zhanbu — 占补核查

  verify --parcels FILE … --layer TYPE[@YEAR]=FILE … --out DIR   check files, write verdicts
         [--param CHECK.KEY=VALUE] [--region NNNNNN] [--field NAME=ATTR] [--sublayer [PATH=]NAME|'*']
         [--replaces SET] [--srid [PATH=]N] [--encoding [PATH=]NAME] [--area-unit [PATH=]ha|mu|m2]
         [--increment PATH[=YEAR|LAYER_ID]] [--register FILE] [--database-url URL]
  replay --run ID [--database-url URL]                           compute a finished run again, say whether it stands
  register --file FILE [--region NNNNNN] [--unit ha|mu|m2] [--encoding NAME] [--sheet NAME] [--dry-run] [--database-url URL]
                                                                 take the project register of a county (xlsx, csv)
  register-template --out FILE.xlsx|FILE.csv [--unit ha|mu|m2]   write an empty register to fill in
  projects --run ID [--database-url URL]                         parcels of a run against certified 数量, 水田 and 产能
  serve  [--with-samples]                                        serve the API and the page
  migrate                                                        bring the database up to this version
`;

async function main(argv: string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === 'verify') return orProblem(() => verify(rest));
  if (command === 'replay') return orProblem(() => replay(rest));
  if (command === 'register' || command === 'register-template' || command === 'projects') {
    const { registerCommands } = await import('./register-files.ts');
    return orProblem(async () => {
      const answer = await registerCommands[command](readConfig(process.env), rest);
      process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
      return 0;
    });
  }
  if (command === 'serve') {
    const { serve } = await import('./main.ts');
    const config = readConfig(process.env);
    const { database } = await serve(config);
    if (rest.includes('--with-samples')) {
      const { loadSamples } = await import('./load-samples.ts');
      await loadSamples({ database, config }, (line) => process.stdout.write(`${line}\n`));
    }
    return 0;
  }
  if (command === 'migrate') {
    const config = readConfig(process.env);
    const database = await openDatabase({
      databaseUrl: config.databaseUrl,
      dataDir: resolve(config.dataDir, 'database'),
    });
    const { applied } = await migrate(database);
    process.stdout.write(applied.length > 0 ? `applied: ${applied.join(', ')}\n` : 'nothing to do\n');
    await database.close();
    return 0;
  }
  process.stderr.write(usage);
  return command === undefined || command === 'help' || command === '--help' ? 0 : 2;
}

async function verify(args: string[]): Promise<number> {
  const request = verifyRequest(args);
  const summary = await verifyFiles(readConfig(process.env), request, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  return 0;
}

/** The answer as JSON; 1 where the run does not stand. */
async function replay(args: string[]): Promise<number> {
  let values: { run?: string; 'database-url'?: string };
  try {
    ({ values } = parseArgs({ args, options: { run: { type: 'string' }, 'database-url': { type: 'string' } } }));
  } catch (error) {
    throw bad('', error instanceof Error ? error.message : String(error));
  }
  if (values.run === undefined) throw bad('--run', '缺少核查编号 (no run)');
  const config = readConfig(process.env);
  const { replayRunOf } = await import('./replay-run.ts');
  const found = await replayRunOf({ ...config, databaseUrl: values['database-url'] ?? config.databaseUrl }, values.run);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  return found.answer === 'different' ? 1 : 0;
}

/** 2 and the problem as JSON where the input is at fault, 1 for anything else. */
async function orProblem(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return 1;
    }
    const { code, status, detail, where } = error;
    process.stderr.write(`${detail.zh}\n`);
    const problem = {
      type: `urn:zhanbu:problem:${code}`,
      title: problemTitles[code].zh,
      status,
      code,
      detail: detail.zh,
      request_id: null,
      ...(where ? { where: localized(where, 'zh') } : {}),
    };
    process.stderr.write(`${JSON.stringify(problem)}\n`);
    return 2;
  }
}

export function verifyRequest(args: string[]): VerifyRequest {
  const many = { type: 'string', multiple: true } as const;
  let values: { [name: string]: string | string[] | boolean | undefined };
  try {
    ({ values } = parseArgs({
      args,
      options: {
        parcels: many,
        layer: many,
        param: many,
        field: many,
        sublayer: many,
        srid: many,
        encoding: many,
        'area-unit': many,
        replaces: many,
        increment: many,
        region: { type: 'string' },
        'database-url': { type: 'string' },
        register: { type: 'string' },
        out: { type: 'string' },
      },
    }));
  } catch (error) {
    throw bad('', error instanceof Error ? error.message : String(error));
  }
  const list = (name: string) => (values[name] as string[] | undefined) ?? [];
  const parcels = list('parcels').map((path) => existing(path));
  if (parcels.length === 0) throw bad('--parcels', '缺少地块文件 (no parcel file)');
  if (typeof values['out'] !== 'string') throw bad('--out', '缺少输出目录 (no output folder)');
  const region = values['region'] as string | undefined;
  if (region !== undefined && !/^\d{6}$/.test(region))
    throw bad('--region', `${region} 不是六位县级代码 (not a six-digit county code)`);
  const layers = list('layer').map(layerArgument);
  const given = new Set([...parcels, ...layers.map(({ file }) => file)]);
  return {
    parcels,
    layers,
    params: paramArguments(list('param')),
    region,
    fieldMap: Object.fromEntries(list('field').map((text) => pair(text, '--field'))),
    replaces: list('replaces'),
    srid: perFile(list('srid'), '--srid', given, (text) => {
      const srid = Number(text);
      if (!Number.isInteger(srid) || srid <= 0) throw bad('--srid', `${text} 不是 EPSG 代码 (not an EPSG code)`);
      return srid;
    }),
    encoding: perFile(list('encoding'), '--encoding', given, (text) => text),
    sublayer: perFile(list('sublayer'), '--sublayer', given, (text) => text),
    areaUnit: perFile(list('area-unit'), '--area-unit', new Set(parcels), (text) => unitOf(text, '--area-unit')),
    ...(values['register'] === undefined ? {} : { register: existing(values['register'] as string, '--register') }),
    increments: new Map(list('increment').map((text) => incrementArgument(text, layers))),
    databaseUrl: (values['database-url'] as string | undefined) ?? (process.env['DATABASE_URL'] || undefined),
    out: resolve(values['out']),
  };
}

function layerArgument(text: string): VerifyRequest['layers'][number] {
  const [label, file] = pair(text, '--layer');
  const match = /^([a-z-]+)(?:@(\d{4}))?$/.exec(label);
  if (!match?.[1]) throw bad('--layer', `${text}：应为 TYPE[@YEAR]=FILE`);
  return {
    type: match[1],
    year: match[2] === undefined ? undefined : Number(match[2]),
    file: existing(file, '--layer'),
  };
}

/** `FILE`, `FILE=YEAR` or `FILE=LAYER_ID`: the layer of that file is an increment, of the base named or of the newest one before it. */
function incrementArgument(text: string, layers: VerifyRequest['layers']): [string, IncrementAsked] {
  const named = /^(.+)=(?:(\d{4})|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/i.exec(text);
  const path = existing(named?.[1] ?? text, '--increment');
  if (!layers.some(({ file }) => file === path))
    throw bad('--increment', `${path} 不在 --layer 给出的文件之中 (not among the files of --layer)`);
  if (named?.[2] !== undefined) return [path, { baseYear: Number(named[2]) }];
  if (named?.[3] !== undefined) return [path, { baseLayerId: named[3].toLowerCase() }];
  return [path, { increment: true }];
}

function paramArguments(texts: string[]): Record<string, Record<string, unknown>> {
  // without a prototype, so that a check called __proto__ is refused like any other that is not there
  const params: Record<string, Record<string, unknown>> = Object.create(null);
  for (const text of texts) {
    const [name, value] = pair(text, '--param');
    const dot = name.lastIndexOf('.');
    if (dot <= 0) throw bad('--param', `${text}：应为 CHECK.KEY=VALUE`);
    const check = name.slice(0, dot);
    params[check] = { ...params[check], [name.slice(dot + 1)]: value };
  }
  return params;
}

/** `VALUE` speaks of the parcel files, `FILE=VALUE` of one file, which must be among those given: a slip would have no effect. */
function perFile<T>(
  texts: string[],
  flag: string,
  given: ReadonlySet<string>,
  read: (text: string) => T,
): Map<string, T> {
  return new Map(
    texts.map((text) => {
      const at = text.lastIndexOf('=');
      if (at < 0) return ['', read(text)];
      const path = existing(text.slice(0, at), flag);
      if (!given.has(path))
        throw bad(
          flag,
          `${path} 不在 --parcels 和 --layer 给出的文件之中 (not among the files of --parcels and --layer)`,
        );
      return [path, read(text.slice(at + 1))];
    }),
  );
}

function pair(text: string, flag: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw bad(flag, `${text}：应为 NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

process.exitCode = await main(process.argv.slice(2));
