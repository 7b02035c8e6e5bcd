-- One measured row per parcel: what of it lies outside the as-built levelling extent. Land outside the county boundary is unknown, not unlevelled.
with levelled as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :layers::uuid[])
), outside as materialized (
  select * from outside_boundary(:region_code::text, :run_id::uuid, :first::int, :last::int, :boundary::uuid[])
), shape as materialized (
  select p.ordinal, m.hits, o.area_m2 as unknown_m2, p.area_m2 as parcel_m2,
         not o.whole and m.ordinal is null and o.geom is null as whole,
         case
           when o.whole or m.whole or (m.ordinal is null and o.geom is null) then null
           when m.ordinal is null then o.geom
           else rest_of(coalesce(o.geom, p.geom), m.geom)
         end as geom
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join outside o using (ordinal)
  left join levelled m using (ordinal)
), sized as materialized (
  select s.*, case when s.whole then s.parcel_m2 when s.geom is null then 0 else st_area(s.geom::geography) end as area_m2 from shape s
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, s.ordinal, 'no-levelling', 'deduct', s.whole, s.area_m2, s.geom from sized s where s.area_m2 > 0
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, s.ordinal, 'no-levelling', s.area_m2, s.unknown_m2, 'outside-coverage',
       jsonb_build_object('hits', coalesce(s.hits, '[]'))
from sized s
