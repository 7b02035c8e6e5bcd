/**
 * Which land-use layer an increment (增量包, DOMAIN §2.5) is applied to. Settled when the upload is posted, because the base is
 * part of the result's identity: the same bytes on another base are another layer.
 */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type CodeSystem, codeSystemTitle } from '../domain/land-codes.ts';
import { AppError, type Sentence } from '../errors.ts';
import { layerType } from '../layers/index.ts';
import { printable } from './printable.ts';

/** What an upload says of its base; any of the three makes it an increment. */
export interface IncrementAsked {
  /** the newest land-use layer of the county with an older year, unless one of the others names it */
  increment?: boolean;
  baseLayerId?: string;
  baseYear?: number;
}

export interface IncrementBase {
  region_code: string;
  layer_id: string;
  year: number;
  name: string;
  code_system: CodeSystem | null;
  content_sha256: string | null;
  feature_count: number;
  decisions: Record<string, unknown>;
}

export const asksIncrement = (asked: IncrementAsked): boolean =>
  asked.increment === true || asked.baseLayerId !== undefined || asked.baseYear !== undefined;

/**
 * The base, ready and fit for it. `not-found`: no such layer; `layer-missing`: the county has none of an older year; `validation`:
 * another type, county, code system, or a year that is not older.
 */
export async function findBase(
  db: Kysely<Schema>,
  region: string,
  asked: IncrementAsked & { type: string; year?: number | undefined; codeSystem?: CodeSystem | undefined },
): Promise<IncrementBase> {
  const title = layerType('land-use').title;
  if (asked.type !== 'land-use')
    throw refused('type', {
      zh: `只有“${title.zh}”（land-use）可以用增量包更新，这里的类型是 ${asked.type}`,
      en: `Only "${title.en}" (land-use) takes an increment; the type here is ${asked.type}`,
    });
  if (asked.increment === false)
    throw refused('increment', {
      zh: 'increment=false 与 base_layer_id、base_year 矛盾，请去掉其中之一',
      en: 'increment=false contradicts base_layer_id and base_year; leave one of them out',
    });
  const year = asked.year!;
  const base = asked.baseLayerId === undefined ? await byYear(db, region, year, asked) : await byId(db, asked);
  if (base.type !== 'land-use' || base.year === null)
    throw refused('base_layer_id', {
      zh: `基期图层 ${base.layer_id} 是 ${base.type}，不是“${title.zh}”`,
      en: `The base ${base.layer_id} is ${base.type}, not "${title.en}"`,
    });
  if (base.region_code !== region)
    throw refused('base_layer_id', {
      zh: `基期图层属于 ${base.region_code}，增量包属于 ${region}，不是同一个县；如增量包确属 ${base.region_code}，请注明 region_code`,
      en: `The base is of county ${base.region_code}, the increment of ${region}; state region_code if it is of ${base.region_code}`,
    });
  if (asked.baseYear !== undefined && asked.baseYear !== base.year)
    throw refused('base_year', {
      zh: `基期图层 ${base.layer_id} 是 ${base.year} 年，与 base_year=${asked.baseYear} 不符`,
      en: `The base ${base.layer_id} is of ${base.year}, not of base_year=${asked.baseYear}`,
    });
  if (base.year >= year)
    throw notOlder(asked.baseLayerId === undefined ? 'base_year' : 'base_layer_id', base.year, year);
  if (asked.codeSystem !== undefined) checkSystem(base, asked.codeSystem);
  return {
    ...base,
    year: base.year,
    code_system: base.code_system as CodeSystem | null,
    decisions: base.decisions as Record<string, unknown>,
  };
}

/** Codes of two classifications cannot stand in one layer: 0601 is 工业用地 in one and 农村道路 in another (DOMAIN §2.1). */
export function checkSystem(base: { code_system: string | null; year: number | null }, system: CodeSystem): void {
  if (base.code_system === null || base.code_system === system) return;
  const own = codeSystemTitle[base.code_system as CodeSystem];
  const other = codeSystemTitle[system];
  throw refused('code_system', {
    zh: `基期图层（${base.year} 年）用的是${own.zh}，增量包用的是${other.zh}，两种编码不能混在一层；请上传该年的完整图层`,
    en: `The base (${base.year}) is in ${own.en}, the increment in ${other.en}; one layer cannot hold both, so upload the whole layer of that year`,
  });
}

/** Changes of the years between are lost where an increment is skipped: land use of a year is the base and all increments up to it. */
export function yearGap(base: IncrementBase, year: number) {
  if (year - base.year <= 1) return [];
  return [
    {
      code: 'increment-year-gap',
      message: {
        zh: `基期是 ${base.year} 年，增量包是 ${year} 年，中间年份的变更不在结果中；如中间年份有增量包，请按年依次上传`,
        en: `The base is of ${base.year} and the increment of ${year}: changes of the years between are not in the result; upload their increments first, if there are any`,
      },
      where: { field: 'base_year' },
    },
  ];
}

const columns = [
  'region_code',
  'layer_id',
  'type',
  'year',
  'name',
  'code_system',
  'content_sha256',
  'feature_count',
  'decisions',
] as const;

async function byId(db: Kysely<Schema>, { baseLayerId }: IncrementAsked) {
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(baseLayerId!) ? baseLayerId! : null;
  const base =
    id === null
      ? undefined
      : await db
          .selectFrom('layer')
          .select(columns)
          .where('layer_id', '=', id)
          .where('state', '=', 'ready')
          .executeTakeFirst();
  if (base !== undefined) return base;
  throw new AppError(
    'not-found',
    {
      zh: `没有编号为 ${printable(baseLayerId!)} 的图层可作基期；如刚上传，请等它处理完`,
      en: `There is no layer ${printable(baseLayerId!)} to be the base; if it was just uploaded, wait until it is ready`,
    },
    { field: 'base_layer_id' },
  );
}

/** Of several of one year the newest, as a run takes it (sql/queries/default-layers.sql). */
async function byYear(db: Kysely<Schema>, region: string, year: number, { baseYear }: IncrementAsked) {
  if (baseYear !== undefined && baseYear >= year) throw notOlder('base_year', baseYear, year);
  const base = await db
    .selectFrom('layer')
    .select(columns)
    .where('region_code', '=', region)
    .where('type', '=', 'land-use')
    .where('state', '=', 'ready')
    .where('year', baseYear === undefined ? '<' : '=', baseYear ?? year)
    .orderBy('year', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('layer_id')
    .limit(1)
    .executeTakeFirst();
  if (base !== undefined) return base;
  const wanted = baseYear ?? `${year} 年以前`;
  throw new AppError(
    'layer-missing',
    {
      zh: `${region} 没有${baseYear === undefined ? wanted : `${wanted} 年`}的地类图斑可作基期；请先上传基期年的完整图层，等它处理完再上传增量包`,
      en: `County ${region} has no land-use layer ${baseYear === undefined ? `older than ${year}` : `of ${baseYear}`} to be the base; upload that whole layer first and wait until it is ready`,
    },
    { field: baseYear === undefined ? 'year' : 'base_year' },
  );
}

function notOlder(field: string, base: number, year: number): AppError {
  return refused(field, {
    zh: `基期是 ${base} 年，不早于增量包的 ${year} 年；请换一个更早的基期，或核对 year`,
    en: `The base is of ${base}, which is not before ${year} of the increment; name an older base, or check the year`,
  });
}

const refused = (field: string, detail: Sentence) => new AppError('validation', detail, { field });
