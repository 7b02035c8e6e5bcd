-- One measured row per parcel: what of it is not 耕地 (01*) in the newest land-use year, by class, by group and by how it can be won back.
with everyone as materialized (
  select * from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int)
), c as materialized (
  select * from land_use_cut(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[]) t where t.class_group <> 'farmland'
), profile as materialized (
  select * from land_use_profile(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[])
), m as materialized (
  select * from land_use_mask(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[], 'not-farmland')
), split as materialized (
  select c.ordinal, c.parcel_m2, s.kind, s.key,
         merged_area_m2(array_agg(c.geom order by c.layer_id, c.feature_no, c.piece_no) filter (where not c.whole), bool_or(c.whole),
           case when f.disjoint then 1 else count(distinct (c.layer_id, c.feature_no)) end,
           sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no), c.parcel_m2) as area_m2
  from c
  join profile f using (ordinal)
  cross join lateral (
    values ('group', c.class_group), ('recovery', case when c.planting in ('JKHF', 'GCHF') then c.planting else 'none' end)
  ) s (kind, key)
  group by c.ordinal, s.kind, s.key, c.parcel_m2, f.disjoint
), facts as materialized (
  select ordinal,
         jsonb_object_agg(key, area_m2 order by key) filter (where kind = 'group') as by_group,
         jsonb_object_agg(key, area_m2 order by key) filter (where kind = 'recovery') as by_recovery,
         (array_agg(key order by area_m2 desc, key) filter (where kind = 'recovery'))[1] as main_recovery
  from split
  where area_m2 >= hair_m2(parcel_m2)
  group by ordinal
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, m.ordinal, 'not-cultivated', 'restore', m.whole, m.area_m2, m.geom
  from m where m.area_m2 > :min_area_m2::float8
)
insert into measured (region_code, run_id, ordinal, check_id, outcome, reason, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'not-cultivated',
       case when late.yes then 'undetermined' end, case when late.yes then 'layer-too-old' end,
       coalesce(m.area_m2, 0), greatest(p.area_m2 - coalesce(f.covered_m2, 0), 0), 'outside-coverage',
       jsonb_build_object('year', :year::int, 'by_class', coalesce(f.by_class, '{}'), 'by_group', coalesce(k.by_group, '{}'),
         'by_recovery', jsonb_build_object('JKHF', 0, 'GCHF', 0, 'none', 0) || coalesce(k.by_recovery, '{}'),
         'suggested_measure', case k.main_recovery when 'JKHF' then 'restore' when 'GCHF' then 'either' when 'none' then 'deduct' end,
         'hits', coalesce(m.hits, '[]'))
from everyone p
cross join lateral (select p.pending or coalesce(p.accepted_on > make_date(:year::int, 12, 31), false) as yes) late
left join profile f using (ordinal)
left join m using (ordinal)
left join facts k using (ordinal)
