/**
 * What ours is measured against, on the same server and the same rows: the SQL a GIS engineer writes (naive), and the bare limit, which is
 * the intersections alone, on pieces, without areas, unions or anything stored. Both are those of the engine's brief, to the letter.
 */
import pg from 'pg';

export interface Timed {
  seconds: number;
}
export interface Sums {
  /** m², by layer: red line, and each year of land use */
  [layer: string]: number;
}

export interface County {
  /** its parcels */
  set: string;
  /** ours, of these */
  run: string;
  years: readonly number[];
  /** parcels that the naive SQL is given, at random */
  sampled: number;
}

/** Tables `naive_*` (layers as delivered) and `bare_*` (pieces) of the county that has been received, with their indexes. */
export async function prepareRivals(url: string, { set, run, years, sampled }: County): Promise<void> {
  await withClient(url, async (client) => {
    const table = async (name: string, select: string) => {
      await client.query(`drop table if exists ${name}`);
      await client.query(`create table ${name} as ${select}`);
      await client.query(`create index on ${name} using gist (geom)`);
    };
    await table('bare_parcel', `select ordinal as id, geom from parcel where parcel_set_id = '${set}'`);
    await table('naive_parcel', `select * from bare_parcel order by md5(id::text) limit ${sampled}`);
    await client.query(
      `create table run_finding as select f.* from run_result r
       join finding f on f.region_code = r.region_code and f.result_id = r.result_id where r.run_id = '${run}' order by r.ordinal`,
    );
    for (const [name, where] of layersOf(years)) {
      const of = `join layer l on l.region_code = x.region_code and l.layer_id = x.layer_id where ${where}`;
      await table(
        `naive_${name}`,
        `select x.class_code as dlbm, x.geom from layer_feature x ${of} and x.geom is not null`,
      );
      await table(`bare_${name}`, `select x.geom from layer_piece x ${of}`);
    }
    await client.query('vacuum analyze');
  });
}

function layersOf(years: readonly number[]): [name: string, where: string][] {
  return [
    ['red', `l.type = 'eco-red-line'`],
    ...years.map((year): [string, string] => [`lu${year}`, `l.year = ${year}`]),
  ];
}

/** One layer after another, on a sample of the parcels; the caller scales. */
export async function runNaive(url: string, years: readonly number[]): Promise<Timed & { sums: Sums }> {
  return withClient(url, async (client) => {
    await client.query('set jit = off');
    const sums: Sums = {};
    const started = performance.now();
    for (const [name] of layersOf(years)) {
      const dlbm = name === 'red' ? '' : 'l.dlbm, ';
      const { rows } = await client.query<{ area: number }>(
        `select p.id, ${dlbm}st_area(st_union(st_intersection(p.geom, l.geom))::geography) as area
         from naive_parcel p join naive_${name} l on st_intersects(p.geom, l.geom)
         group by p.id${dlbm === '' ? '' : ', l.dlbm'}`,
      );
      sums[name] = rows.reduce((sum, row) => sum + row.area, 0);
    }
    return { seconds: (performance.now() - started) / 1000, sums };
  });
}

/** The four joins split over two connections. */
export async function runBare(url: string, years: readonly number[]): Promise<Timed> {
  const names = layersOf(years).map(([name]) => name);
  const started = performance.now();
  await Promise.all(
    [names.filter((_, n) => n % 2 === 0), names.filter((_, n) => n % 2 === 1)].map((mine) =>
      withClient(url, async (client) => {
        await client.query('set jit = off');
        for (const name of mine) {
          await client.query(
            `select count(st_intersection(p.geom, l.geom)) from bare_parcel p join bare_${name} l on st_intersects(p.geom, l.geom)`,
          );
        }
      }),
    ),
  );
  return { seconds: (performance.now() - started) / 1000 };
}

/** The finding rows of the run once more into a table like theirs: the least that storing them can take. */
export async function runInsert(url: string): Promise<Timed> {
  return withClient(url, async (client) => {
    await client.query('drop table if exists bare_finding');
    await client.query('create table bare_finding (like finding including all)');
    const started = performance.now();
    await client.query('insert into bare_finding select * from run_finding');
    return { seconds: (performance.now() - started) / 1000 };
  });
}

/** What ours found on the same sample: area under the red line, and by year of the classes that the checks speak of. */
export async function sumsOfOurs(url: string, run: string, years: readonly number[]): Promise<Sums> {
  return withClient(url, async (client) => {
    const one = async (check: string, value: string) => {
      const { rows } = await client.query<{ area: number | null }>(
        `select sum(${value}) as area from run_result r join naive_parcel s on s.id = r.ordinal
         join finding f on f.region_code = r.region_code and f.result_id = r.result_id and f.check_id = '${check}'
         where r.run_id = '${run}'`,
      );
      return rows[0]?.area ?? 0;
    };
    const byClass = `(select sum(value::float8) from jsonb_each_text(f.detail -> 'by_class'))`;
    return {
      red: await one('eco-red-line', 'f.area_m2'),
      [`lu${years.at(-1)}`]: await one('not-cultivated', byClass),
      [`lu${years[0]}`]: await one('prior-farmland', byClass),
    };
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
