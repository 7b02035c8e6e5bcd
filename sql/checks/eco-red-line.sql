-- One measured row per parcel: what of it lies inside the ecological red line, and which line.
with mask_of as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :layers::uuid[])
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, m.ordinal, 'eco-red-line', 'deduct', m.whole, m.area_m2, m.geom from mask_of m
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, o.ordinal, 'eco-red-line', coalesce(m.area_m2, 0), o.area_m2, 'outside-coverage',
       jsonb_build_object('hits', coalesce(m.hits, '[]'))
from outside_boundary(:region_code::text, :run_id::uuid, :first::int, :last::int, :boundary::uuid[]) o
left join mask_of m using (ordinal)
