/** Sums of a run: to the last digit those of adding its parcels one after the other in the order of upload, whatever plan the database takes. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { checkIds } from '../../server/domain/outcome.ts';
import type { RunSummary } from '../../server/domain/verdict-feature.ts';
import type { RunKey } from '../../server/verification/run-context.ts';
import { summarise } from '../../server/verification/summary.ts';
import { eachDatabase } from '../support/databases.ts';
import { seeded } from '../support/seeded.ts';

const set = '00000000-0000-4000-8000-000000000002';
const books = ['area_m2', 'deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'] as const;

interface Parcel extends Record<(typeof books)[number], number> {
  ordinal: number;
  result_id: string;
  project_code: string | null;
  township: string | null;
  outcomes: string;
  failed_m2: number[];
}

/** Areas from a thousandth to a million, so that another order gives other digits. */
function parcelsOf(count: number): Parcel[] {
  const random = seeded(31);
  const area = () => 10 ** (9 * random() - 3);
  return Array.from({ length: count }, (_, i) => {
    const outcomes = Array.from(checkIds, () => 'pfun'[Math.floor(4 * random())]!).join('');
    return {
      ordinal: i + 1,
      // in an order of their own, as those of evidence are
      result_id: `${Math.floor(2 ** 32 * random())
        .toString(16)
        .padStart(8, '0')}-0000-4000-8000-${String(i).padStart(12, '0')}`,
      project_code: random() < 0.05 ? null : `P${Math.floor(40 * random())}`,
      township: random() < 0.1 ? null : `乡镇${Math.floor(6 * random())}`,
      ...(Object.fromEntries(books.map((name) => [name, area()])) as Record<(typeof books)[number], number>),
      outcomes,
      failed_m2: Array.from(outcomes.replace(/[^f]/g, ''), area),
    };
  });
}

async function insert(database: Database, key: RunKey, parcels: readonly Parcel[]): Promise<void> {
  const ask = (text: string, values: unknown[]) => database.pool.query(text, values);
  const column = (name: keyof Parcel) => parcels.map((parcel) => parcel[name]);
  await ask(`insert into run (region_code, run_id, params, manifest, parcel_count) values ($1, $2, '{}', '{}', $3)`, [
    key.region_code,
    key.run_id,
    parcels.length,
  ]);
  await ask(
    `insert into run_set (region_code, run_id, ordinal, parcel_set_id, role) values ($1, $2, 0, $3, 'judged')`,
    [key.region_code, key.run_id, set],
  );
  await ask(
    `insert into parcel (region_code, parcel_set_id, ordinal, parcel_id, client_id, project_code, source_file, source_row, geometry_hash, area_m2)
     select $1, $2, t.ordinal, t.ordinal::text, t.ordinal::text, t.project_code, 'a.zip', t.ordinal, '', t.area_m2
     from unnest($3::int[], $4::text[], $5::float8[]) as t (ordinal, project_code, area_m2)
     order by t.area_m2`,
    [key.region_code, set, column('ordinal'), column('project_code'), column('area_m2')],
  );
  await ask(
    `insert into result (region_code, result_id, verdict, area_m2, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2, outcomes, failed_m2)
     select $1, t.result_id, 'compliant', t.a, t.d, t.r, t.m, t.k, 0, t.outcomes, t.failed::float8[]
     from unnest($2::uuid[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::text[], $9::text[]) as t (result_id, a, d, r, m, k, outcomes, failed)`,
    [
      key.region_code,
      column('result_id'),
      ...books.map(column),
      column('outcomes'),
      parcels.map(({ failed_m2 }) => `{${failed_m2.join()}}`),
    ],
  );
  await ask(
    `insert into run_result (region_code, run_id, ordinal, parcel_set_id, parcel_ordinal, result_id, township)
     select $1, $2, t.ordinal, $3, t.ordinal, t.result_id, t.township
     from unnest($4::int[], $5::uuid[], $6::text[]) as t (ordinal, result_id, township)
     order by t.result_id`,
    [key.region_code, key.run_id, set, column('ordinal'), column('result_id'), column('township')],
  );
}

const added = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const sumsOf = (parcels: readonly Parcel[]) => books.map((name) => added(parcels.map((parcel) => parcel[name])));

eachDatabase('the sums of a run', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  // on either side of `mostByKey`: the rows are joined in other ways
  describe.each([400, 6_000])('of %i parcels', (count) => {
    const key = { region_code: String(996_000 + count / 100), run_id: '00000000-0000-4000-8000-000000000001' };
    const parcels = parcelsOf(count);
    let summary: RunSummary;
    beforeAll(async () => {
      await insert(database, key, parcels);
      summary = await summarise(database.db, key, 0);
    });

    it('are those of upload order: of the whole, of each project and of each township', () => {
      const told = (group: Record<(typeof books)[number], number>) => books.map((name) => group[name]);
      expect(told(summary)).toEqual(sumsOf(parcels));
      for (const [name, groups] of [
        ['project_code', summary.by_project],
        ['township', summary.by_township],
      ] as const) {
        const codes = new Set(parcels.map((parcel) => parcel[name]));
        expect(groups).toHaveLength(codes.size);
        for (const group of groups) {
          const code = (group as unknown as Record<string, string | null>)[name] ?? null;
          expect(told(group), String(code)).toEqual(sumsOf(parcels.filter((parcel) => parcel[name] === code)));
        }
      }
    });

    it('are those of upload order of each check', () => {
      for (const [place, check] of checkIds.toSorted().entries()) {
        const failed = parcels.filter(({ outcomes }) => outcomes[place] === 'f');
        const areas = failed.map(
          ({ outcomes, failed_m2 }) => failed_m2[[...outcomes.slice(0, place)].filter((o) => o === 'f').length]!,
        );
        expect(summary.by_check[check].fail).toBe(failed.length);
        expect(summary.by_check[check].area_m2, check).toBe(added(areas));
      }
    });

    it('would be others in another order', () => {
      expect(sumsOf(parcels.toReversed())).not.toEqual(sumsOf(parcels));
      expect(sumsOf(parcels.toSorted((a, b) => (a.result_id < b.result_id ? -1 : 1)))).not.toEqual(sumsOf(parcels));
    });
  });
});
