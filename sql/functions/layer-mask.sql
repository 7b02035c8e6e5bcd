-- One row per parcel of the chunk that some polygons of the layers touch (of the given slope classes only, where given):
-- the union of what they cover of it, its area (m²), and which polygons they were. Polygons may overlap each other, so
-- areas of different ones are united, never added. One that has no more than a hair of the parcel lies beside it and is no hit.
create or replace function layer_mask(region text, run uuid, first_no int, last_no int, layers uuid[], slope_classes int[] default null)
returns table (ordinal int, whole boolean, geom geometry, area_m2 float8, hits jsonb)
language sql stable as $$
  with c as materialized (
    select * from polygon_cut(region, run, first_no, last_no, layers) t
    where slope_classes is null or t.slope_class = any (slope_classes)
  ), hit as materialized (
    select f.ordinal, count(*) as features,
           jsonb_agg(jsonb_build_object('name', f.name, 'number', f.number, 'layer_id', f.layer_id, 'area_m2', f.area_m2)
                     order by f.layer_id, f.feature_no) filter (where f.area_m2 >= hair_m2(f.parcel_m2)) as hits
    from (
      select c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, c.name, c.number, sum(c.area_m2 order by c.piece_no) as area_m2
      from c
      group by c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, c.name, c.number
    ) f
    group by f.ordinal
  ), part as materialized (
    select c.ordinal, c.parcel_m2, bool_or(c.whole) as whole,
           array_agg(c.geom order by c.layer_id, c.feature_no, c.piece_no) filter (where not c.whole) as parts,
           sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no) as sum_m2
    from c
    group by c.ordinal, c.parcel_m2
  )
  select part.ordinal, part.whole, merged(part.parts, part.whole),
         merged_area_m2(part.parts, part.whole, hit.features, part.sum_m2, part.parcel_m2), hit.hits
  from part
  join hit using (ordinal)
$$;
