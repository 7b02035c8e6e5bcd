-- One measured row per parcel: what it shares with other parcels of the run or of earlier accepted sets, and with which.
-- Its mask is only what it carries: of each pair the one of the later set, within a set the greater parcel_id by code point.
-- A parcel that a later set of the run files anew (same project and id) is an earlier version and takes no part at all, nor does a set
-- that another one of the run replaces.
with replaced as materialized (
  select r.parcel_set_id
  from run_set r
  where r.region_code = :region_code::text and r.run_id = :run_id::uuid and exists (
    select
    from run_set n
    join parcel_set t on t.region_code = n.region_code and t.parcel_set_id = n.parcel_set_id
    where n.region_code = r.region_code and n.run_id = r.run_id and n.parcel_set_id <> r.parcel_set_id
      and t.replaces ? r.parcel_set_id::text)
), standing as materialized (
  select c.*, own.ordinal as set_no
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) c
  join run_set own on own.region_code = :region_code::text and own.run_id = :run_id::uuid and own.parcel_set_id = c.parcel_set_id
  where not filed_anew(:region_code::text, :run_id::uuid, own.ordinal, c.project_code, c.parcel_id)
    and c.parcel_set_id not in (select parcel_set_id from replaced)
), pair as materialized (
  select p.ordinal, q.parcel_id as other, q.project_name, q.parcel_set_id, s.ordinal as set_no, w.whole, g.geom,
         (p.set_no, p.parcel_id collate "C") > (s.ordinal, q.parcel_id collate "C") as carries,
         case when w.whole then p.area_m2 else st_area(g.geom::geography) end as area_m2, p.area_m2 as parcel_m2
  from standing p
  join parcel q on q.region_code = :region_code::text and q.geom && p.geom
  join run_set s on s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.parcel_set_id = q.parcel_set_id
  -- offset 0: see cut-layers
  cross join lateral (select st_coveredby(p.geom, q.geom) as whole offset 0) w
  cross join lateral (
    select case when w.whole then null else common_part(p.geom, q.geom) end as geom
    offset 0
  ) g
  where (q.parcel_set_id, q.ordinal) <> (p.parcel_set_id, p.parcel_ordinal)
    and st_intersects(p.geom, q.geom)
    and not filed_anew(:region_code::text, :run_id::uuid, s.ordinal, q.project_code, q.parcel_id)
    and q.parcel_set_id not in (select parcel_set_id from replaced)
    and (w.whole or not st_isempty(g.geom))
), shared as materialized (
  select ordinal, parcel_m2, bool_or(whole) as whole, count(*) as others,
         array_agg(geom order by set_no, other collate "C") filter (where not whole) as parts,
         sum(area_m2 order by set_no, other collate "C") as sum_m2,
         coalesce(bool_or(whole) filter (where carries), false) as own_whole, count(*) filter (where carries) as own_others,
         array_agg(geom order by set_no, other collate "C") filter (where carries and not whole) as own_parts,
         sum(area_m2 order by set_no, other collate "C") filter (where carries) as own_sum_m2,
         jsonb_agg(other order by set_no, other collate "C") filter (where area_m2 >= hair_m2(parcel_m2)) as with_ids,
         jsonb_agg(jsonb_build_object('name', project_name, 'number', other, 'layer_id', null, 'parcel_set_id', parcel_set_id, 'area_m2', area_m2, 'carried', carries)
                   order by set_no, other collate "C") filter (where area_m2 >= hair_m2(parcel_m2)) as hits
  from pair
  group by ordinal, parcel_m2
), carried as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, s.ordinal, 'parcel-overlap', 'deduct', s.own_whole,
         merged_area_m2(s.own_parts, s.own_whole, s.own_others, s.own_sum_m2, s.parcel_m2), merged(s.own_parts, s.own_whole)
  from shared s
  where s.own_others > 0
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'parcel-overlap',
       coalesce(merged_area_m2(s.parts, s.whole, s.others, s.sum_m2, s.parcel_m2), 0), 0,
       jsonb_build_object('with', coalesce(s.with_ids, '[]'), 'hits', coalesce(s.hits, '[]'))
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
left join shared s using (ordinal)
