-- One row per parcel: the area (m²) outside the boundary layers, which is the coverage of vector layers that have none of their
-- own (CONTRACT §3.1). With no boundary layer in the run they count as complete everywhere: 0, and the manifest says so.
-- geom: what lies inside, where that is neither all nor nothing. A hair is no land: a parcel that
-- only shares the county line has such a hair of it inside, because the long line and its short edges bend apart in lon/lat.
create or replace function outside_boundary(region text, run uuid, first_no int, last_no int, boundary uuid[])
returns table (ordinal int, area_m2 float8, whole boolean, geom geometry)
language sql stable as $$
  with inside as materialized (
    select * from layer_mask(region, run, first_no, last_no, boundary)
  )
  select p.ordinal,
         case when cardinality(boundary) = 0 or m.whole or p.area_m2 - coalesce(m.area_m2, 0) < hair_m2(p.area_m2) then 0
              else p.area_m2 - coalesce(m.area_m2, 0) end,
         cardinality(boundary) > 0 and o.whole,
         case when cardinality(boundary) = 0 or m.whole or o.whole or p.area_m2 - m.area_m2 < hair_m2(p.area_m2) then null
              else m.geom end
  from chunk_parcel(region, run, first_no, last_no) p
  left join inside m using (ordinal)
  cross join lateral (
    select m.ordinal is null or (not m.whole and m.area_m2 < hair_m2(p.area_m2) and p.area_m2 - m.area_m2 >= hair_m2(p.area_m2)) as whole
  ) o
$$;
