-- One row per parcel on which some polygons are of the wanted kind: their union, its area (m²), and which they were.
-- One that has no more than a hair of the parcel lies beside it and is no hit.
-- wanted: farmland (01*), not-farmland, abandoned (01* with WG), non-grain (01* with FLS), unplanted (01* that says nothing).
create or replace function land_use_mask(region text, run uuid, ordinals int[], layers uuid[], wanted text)
returns table (ordinal int, whole boolean, geom geometry, area_m2 float8, hits jsonb)
language sql stable as $$
  with c as materialized (
    select * from land_use_cut(region, run, ordinals, layers) t
    where case wanted
      when 'farmland' then t.class_group = 'farmland'
      when 'not-farmland' then t.class_group <> 'farmland'
      when 'abandoned' then t.class_group = 'farmland' and t.planting = 'WG'
      when 'non-grain' then t.class_group = 'farmland' and t.planting = 'FLS'
      when 'unplanted' then t.class_group = 'farmland' and t.planting = ''
    end
  ), hit as materialized (
    select f.ordinal, count(*) as features,
           jsonb_agg(jsonb_build_object('name', f.name, 'number', f.number, 'class_code', f.class_code, 'layer_id', f.layer_id, 'area_m2', f.area_m2)
                     order by f.layer_id, f.feature_no) filter (where f.area_m2 >= hair_m2(f.parcel_m2)) as hits
    from (
      select c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, c.name, c.number, c.class_code, sum(c.area_m2 order by c.piece_no) as area_m2
      from c
      group by c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, c.name, c.number, c.class_code
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
