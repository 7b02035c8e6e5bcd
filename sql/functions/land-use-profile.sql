-- One row per parcel that one year's land use touches: the area (m²) it covers of it, the area of each class, and whether the
-- polygons lie side by side there (sum = union to 1e-7 of the parcel), so that parts of them may be added instead of united.
-- A class with no more than a hair of the parcel is the neighbour's and is not named.
create or replace function land_use_profile(region text, run uuid, ordinals int[], layers uuid[])
returns table (ordinal int, covered_m2 float8, disjoint boolean, by_class jsonb)
language sql stable as $$
  with c as materialized (
    select * from land_use_cut(region, run, ordinals, layers)
  ), total as materialized (
    select c.ordinal, c.parcel_m2,
           sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no) as sum_m2,
           merged_area_m2(array_agg(c.geom order by c.layer_id, c.feature_no, c.piece_no) filter (where not c.whole), bool_or(c.whole),
             count(distinct (c.layer_id, c.feature_no)), sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no), c.parcel_m2) as covered_m2
    from c
    group by c.ordinal, c.parcel_m2
  ), side as materialized (
    select t.ordinal, t.parcel_m2, t.covered_m2, t.sum_m2 - t.covered_m2 <= 1e-7 * t.parcel_m2 as disjoint from total t
  ), class as materialized (
    select c.ordinal, c.class_code,
           merged_area_m2(array_agg(c.geom order by c.layer_id, c.feature_no, c.piece_no) filter (where not c.whole), bool_or(c.whole),
             case when s.disjoint then 1 else count(distinct (c.layer_id, c.feature_no)) end,
             sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no), c.parcel_m2) as area_m2
    from c
    join side s using (ordinal)
    group by c.ordinal, c.class_code, c.parcel_m2, s.disjoint
  )
  select s.ordinal, s.covered_m2, s.disjoint,
         coalesce(jsonb_object_agg(k.class_code, k.area_m2 order by k.class_code) filter (where k.area_m2 >= hair_m2(s.parcel_m2)), '{}')
  from side s
  join class k using (ordinal)
  group by s.ordinal, s.parcel_m2, s.covered_m2, s.disjoint
$$;
