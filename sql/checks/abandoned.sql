-- One measured row per parcel: 耕地 that lies untilled (ZZSXDM = WG) in the newest land-use year. 耕地 that says nothing is unknown.
with profile as materialized (
  select * from land_use_profile(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[])
), m as materialized (
  select * from land_use_mask(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[], 'abandoned')
), silent as materialized (
  select * from land_use_mask(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[], 'unplanted')
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, m.ordinal, 'abandoned', 'remediate', m.whole, m.area_m2, m.geom
  from m where m.area_m2 > :min_area_m2::float8
)
insert into measured (region_code, run_id, ordinal, check_id, outcome, reason, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'abandoned',
       case when late.yes then 'undetermined' end, case when late.yes then 'layer-too-old' end,
       coalesce(m.area_m2, 0), u.outside_m2 + u.silent_m2,
       case when u.silent_m2 > u.outside_m2 then 'attribute-missing' else 'outside-coverage' end,
       jsonb_build_object('year', :year::int, 'hits', coalesce(m.hits, '[]'))
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
cross join lateral (select p.pending or coalesce(p.accepted_on > make_date(:year::int, 12, 31), false) as yes) late
left join profile f using (ordinal)
left join m using (ordinal)
left join silent s using (ordinal)
cross join lateral (
  select greatest(p.area_m2 - coalesce(f.covered_m2, 0), 0) as outside_m2, coalesce(s.area_m2, 0) as silent_m2
) u
