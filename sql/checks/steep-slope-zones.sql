-- One measured row per parcel, slope taken from the polygons of a 坡度图: classes above the limit, with the published steep-ban area.
with steep as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :zone_layers::uuid[], :steep_classes::int[])
), every_zone as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :zone_layers::uuid[])
), classed as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :zone_layers::uuid[], array[1, 2, 3, 4, 5])
), ban as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :ban_layers::uuid[])
), class as materialized (
  select k.class, m.ordinal, m.area_m2
  from generate_series(1, 5) k (class)
  cross join lateral layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :zone_layers::uuid[], array[k.class]) m
), shape as materialized (
  -- land under a zone whose class cannot be read is unknown, not flat; under 0.01 m² is rounding of the overlay
  select o.ordinal, p.area_m2 as parcel_m2,
         least(p.area_m2, o.area_m2 + case when e.area_m2 - coalesce(k.area_m2, 0) < 0.01 then 0
                                           else coalesce(e.area_m2 - coalesce(k.area_m2, 0), 0) end) as unknown_m2,
         coalesce(s.hits, '[]') || coalesce(b.hits, '[]') as hits,
         coalesce(s.whole, false) or coalesce(b.whole, false) as whole,
         case
           when s.whole or b.whole then null
           when b.ordinal is null then s.geom
           when s.ordinal is null then b.geom
           else united(array[s.geom, b.geom])
         end as geom,
         case when b.ordinal is null then s.area_m2 when s.ordinal is null then b.area_m2 end as one_m2
  from outside_boundary(:region_code::text, :run_id::uuid, :first::int, :last::int, :boundary::uuid[]) o
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
  left join steep s using (ordinal)
  left join ban b using (ordinal)
  left join every_zone e using (ordinal)
  left join classed k using (ordinal)
), sized as materialized (
  select s.*, case when s.whole then s.parcel_m2 when s.geom is null then 0 else coalesce(s.one_m2, st_area(s.geom::geography)) end as area_m2
  from shape s
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, s.ordinal, 'steep-slope', 'deduct', s.whole, s.area_m2, s.geom
  from sized s where s.area_m2 > :min_area_m2::float8
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, s.ordinal, 'steep-slope', s.area_m2, s.unknown_m2, 'outside-coverage',
       jsonb_build_object('source', 'slope-zones', 'cell_m', null, 'mean_slope_deg', null, 'max_slope_deg', null,
         'limit_deg', :max_slope_deg::float8, 'hits', s.hits,
         'class_area_m2', (
           select jsonb_agg(coalesce(c.area_m2, 0) order by k.class)
           from generate_series(1, 5) k (class)
           left join class c on c.class = k.class and c.ordinal = s.ordinal))
from sized s
