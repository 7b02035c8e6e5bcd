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
), unread as materialized (
  -- land under a zone whose class cannot be read is unknown, not flat
  select p.ordinal, e.area_m2 - coalesce(k.area_m2, 0) as area_m2,
         case when k.ordinal is null then coalesce(e.geom, p.geom) else rest_of(coalesce(e.geom, p.geom), k.geom) end as geom
  from every_zone e
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
  left join classed k using (ordinal)
  where not coalesce(k.whole, false) and e.area_m2 - coalesce(k.area_m2, 0) >= hair_m2(p.area_m2)
), shape as materialized (
  -- unknown is what lies beyond the county or under no readable class; what is banned is known to be steep, whatever else is missing there
  select o.ordinal, p.area_m2 as parcel_m2,
         case
           when b.whole then 0
           when b.ordinal is null and u.ordinal is null then o.area_m2
           when b.ordinal is null and o.area_m2 = 0 then u.area_m2
           when u.ordinal is null and o.area_m2 = 0 then 0
           else st_area(rest_of(united(array[case when o.whole then p.geom when o.geom is not null then rest_of(p.geom, o.geom) end, u.geom]),
                                coalesce(b.geom, st_setsrid('POLYGON EMPTY'::geometry, 4490)))::geography)
         end as unknown_m2,
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
  left join unread u using (ordinal)
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
