/** A county made inside the database, set by set: a lattice of land-use patches, parcels across them, a boundary and townships. */
import type { Database } from '../../server/database/connect.ts';

export const lattice = { region: '996201', side: 150, parcels: 1500, earlier: 150 };

export interface Lattice {
  sets: string[];
  layers: string[];
}

const ids = {
  landUse: '00000000-0000-4000-8000-000000000001',
  boundary: '00000000-0000-4000-8000-000000000002',
  township: '00000000-0000-4000-8000-000000000003',
  others: '00000000-0000-4000-8000-000000000010',
  before: '00000000-0000-4000-8000-000000000011',
  judged: '00000000-0000-4000-8000-000000000012',
};

/** 22,500 patches of 0.001° (some 100 m); 1,500 parcels of 0.0008° over the corners of four of them; 150 that are filed anew; 20,000 elsewhere in the county. */
export async function insertLattice({ pool }: Database): Promise<Lattice> {
  const { region, side, parcels, earlier } = lattice;
  const cell = (x: string, y: string, size: string) =>
    `st_makeenvelope(108.8 + ${x}, 28.8 + ${y}, 108.8 + ${x} + ${size}, 28.8 + ${y} + ${size}, 4490)`;
  const layer = (id: string, type: string, year: number | null) =>
    pool.query(
      `insert into layer (region_code, layer_id, type, year, name, file_name, sha256, state, feature_count)
       values ($1, $2::uuid, $3::text, $4, $3::text, $3::text, $2::text, 'ready', 1)`,
      [region, id, type, year],
    );
  await layer(ids.landUse, 'land-use', 2018);
  await layer(ids.boundary, 'boundary', null);
  await layer(ids.township, 'township', null);
  const patches = (id: string, from: string, values: string) =>
    pool.query(
      `with patch as (select * from (${from}) f)
       , whole as (
         insert into layer_feature (region_code, layer_id, feature_no, name, class_code, planting, geom)
         select '${region}', '${id}', n, ${values}, st_multi(geom) from patch)
       insert into layer_piece (region_code, layer_id, feature_no, piece_no, geom) select '${region}', '${id}', n, 1, geom from patch`,
    );
  await patches(
    ids.landUse,
    `select x * ${side} + y + 1 as n, ${cell('x * 0.001', 'y * 0.001', '0.001')} as geom
     from generate_series(0, ${side - 1}) x cross join generate_series(0, ${side - 1}) y`,
    `null, (array['0103', '0301', '0201', '0103'])[1 + n % 4], 'LS'`,
  );
  // in 1,600 pieces each, as a county of many vertices is cut; the eastern third of the parcels lies outside
  const pieces = `select x * 40 + y + 1 as n, ${cell('x * 0.0025', 'y * 0.0025', '0.0025')} as geom
                  from generate_series(0, 39) x cross join generate_series(0, 39) y`;
  await patches(ids.boundary, pieces, `'county', null, null`);
  await patches(ids.township, pieces, `'town ' || n / 400, null, null`);
  const set = async (id: string, count: number, shift: string) => {
    await pool.query(
      `insert into parcel_set (region_code, parcel_set_id, name, file_name, sha256, state, feature_count) values ($1, $2::uuid, $2::text, $2::text, $2::text, 'ready', $3)`,
      [region, id, count],
    );
    await pool.query(
      `insert into parcel (region_code, parcel_set_id, ordinal, parcel_id, client_id, project_code, source_file, source_row, geom, geometry_hash, area_m2)
       select '${region}', '${id}', n, 'P' || n, '${id}' || n, '${region}20190001', '', n, st_multi(geom), md5(st_asbinary(geom)), st_area(geom::geography)
       from (select n, ${cell(`0.0006 + ${shift} + (n % 70) * 0.002`, '0.0006 + (n / 70) * 0.002', '0.0008')} as geom
             from generate_series(1, ${count}) n) p`,
    );
  };
  await set(ids.others, 20_000, '0.5');
  await set(ids.before, earlier, '0.0001');
  await set(ids.judged, parcels, '0');
  return { sets: [ids.before, ids.judged], layers: [ids.landUse, ids.boundary, ids.township] };
}
