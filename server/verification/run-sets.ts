/** The parcel sets of a run: those it judges, the earlier ones it compares with, and their order. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import type { ManifestSet } from './manifest.ts';

const acceptedSets = sqlFile<{ parcel_set_id: string }>('queries/earlier-sets');

export interface SetsAsked {
  parcelSetIds: string[];
  /** the county the caller takes the sets to be of: refused where they are of another */
  regionCode?: string;
  /** default: the earlier accepted sets of the region */
  earlierSetIds?: string[];
  /** `given`: the sets count in the order named (command line); `accepted`: in the order they were accepted (HTTP) */
  order?: 'given' | 'accepted';
}

export type SetRow = ManifestSet & { region_code: string; withdrawn: boolean; accepted: number; created: number };

/**
 * The order of acceptance, by which the later of two sets carries what they share; sets not accepted yet come last. A set that is
 * verified again keeps its place before those accepted since, else both would be deducted. Judged sets keep their own order.
 */
export function inOrder(earlier: SetRow[], judged: SetRow[]): SetRow[] {
  const byAcceptance = [...earlier, ...judged].sort((a, b) =>
    a.accepted === b.accepted ? 0 : a.accepted < b.accepted ? -1 : 1,
  );
  const next = judged.values();
  return byAcceptance.map((set) => (set.role === 'judged' ? (next.next().value as SetRow) : set));
}

/** At least one, none withdrawn, all of one county. Throws `validation`, `not-found`, `conflict`. */
export async function judgedSets(db: Kysely<Schema>, input: SetsAsked): Promise<SetRow[]> {
  const wanted = [...new Set(input.parcelSetIds)];
  if (wanted.length === 0)
    throw new AppError(
      'validation',
      { zh: '请指定至少一个地块集', en: 'Name at least one parcel set' },
      { field: 'parcel_set_ids' },
    );
  const judged = await readSets(db, wanted, 'judged');
  const regions = new Set(judged.map((set) => set.region_code));
  if (regions.size > 1) {
    throw new AppError(
      'validation',
      {
        zh: `一次核查只能在一个县内：${[...regions].join('、')}`,
        en: `A run stays within one county: ${[...regions].join(', ')}`,
      },
      { field: 'parcel_set_ids', candidates: [...regions] },
    );
  }
  if (input.regionCode !== undefined && !regions.has(input.regionCode)) {
    throw new AppError(
      'validation',
      {
        zh: `地块集属于 ${[...regions].join('、')}，不是 ${input.regionCode}`,
        en: `The parcel sets are of ${[...regions].join(', ')}, not of ${input.regionCode}`,
      },
      { field: 'region_code', candidates: [...regions] },
    );
  }
  const gone = judged.find((set) => set.withdrawn);
  if (gone) throw withdrawn(gone, fieldOf.judged);
  if (input.order === 'given') return judged;
  return judged.sort(
    (a, b) => a.accepted - b.accepted || a.created - b.created || (a.parcel_set_id < b.parcel_set_id ? -1 : 1),
  );
}

/** Those named by the caller must count; of those found by default one may be withdrawn at that moment, and is left out. */
export async function earlierSets(db: Kysely<Schema>, input: SetsAsked, judged: SetRow[]): Promise<SetRow[]> {
  const regionCode = judged[0]?.region_code as string;
  const judgedIds = judged.map((set) => set.parcel_set_id);
  if (input.earlierSetIds === undefined) {
    const found = await acceptedSets.all(db, { region_code: regionCode, judged: judgedIds });
    const rows = await readSets(
      db,
      found.map((set) => set.parcel_set_id),
      'earlier',
    );
    return rows.filter((set) => !set.withdrawn);
  }
  const named = input.earlierSetIds.filter((id) => !judgedIds.includes(id));
  const earlier = await readSets(db, named, 'earlier');
  demandEarlier(regionCode, earlier);
  return earlier;
}

/** A set of another county, or one that is withdrawn, takes no part at all. */
function demandEarlier(regionCode: string, earlier: SetRow[]): void {
  const foreign = earlier.find((set) => set.region_code !== regionCode);
  if (foreign)
    throw new AppError(
      'validation',
      {
        zh: `地块集 ${foreign.parcel_set_id} 属于 ${foreign.region_code}，一次核查只能在一个县内（${regionCode}）`,
        en: `Parcel set ${foreign.parcel_set_id} is of ${foreign.region_code}; a run stays within one county (${regionCode})`,
      },
      { field: fieldOf.earlier },
    );
  const gone = earlier.find((set) => set.withdrawn);
  if (gone) throw withdrawn(gone, fieldOf.earlier);
}

function withdrawn({ parcel_set_id }: SetRow, field: string): AppError {
  return new AppError(
    'conflict',
    { zh: `地块集 ${parcel_set_id} 已撤回`, en: `Parcel set ${parcel_set_id} is withdrawn` },
    { field },
  );
}

/** where the caller named a set of this role */
const fieldOf = { judged: 'parcel_set_ids', earlier: 'earlier_set_ids' } as const;

async function readSets(db: Kysely<Schema>, wanted: string[], role: 'judged' | 'earlier'): Promise<SetRow[]> {
  if (wanted.length === 0) return [];
  const rows = await db
    .selectFrom('parcel_set')
    .select([
      'region_code',
      'parcel_set_id',
      'name',
      'file_name',
      'sha256',
      'content_sha256',
      'feature_count',
      'decisions',
      'withdrawn_at',
      'accepted_at',
      'created_at',
    ])
    .where('parcel_set_id', 'in', wanted)
    .where('state', '=', 'ready')
    .execute();
  return wanted.map((id) => {
    const row = rows.find((r) => r.parcel_set_id === id);
    if (!row)
      throw new AppError('not-found', { zh: `没有地块集 ${id}`, en: `No parcel set ${id}` }, { field: fieldOf[role] });
    const { withdrawn_at, accepted_at, created_at, ...set } = row;
    return {
      ...set,
      role,
      withdrawn: withdrawn_at !== null,
      accepted: accepted_at?.getTime() ?? Infinity,
      created: created_at.getTime(),
    };
  });
}

export function manifestSet({
  withdrawn: _,
  accepted: __,
  created: ___,
  region_code: ____,
  ...set
}: SetRow): ManifestSet {
  return set;
}
