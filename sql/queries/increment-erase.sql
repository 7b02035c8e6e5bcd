-- One row: of the polygons of the base that are asked for, what the new patches (numbers up to `patches`) leave of them is stored, numbered
-- on from `before`: how many, and what was left off as no land: parts of at most `sliver` m². The mark says that the shape is not as delivered.
-- `offset 0` keeps each look-up by key: the planner takes rows just stored for one, and went through all of them for each patch.
with near as materialized (
  select distinct f.feature_no, p.feature_no as patch
  from layer_feature f
  join layer_piece p on p.region_code = :region_code::text and p.layer_id = :layer_id::uuid and p.feature_no <= :patches::int and p.geom && f.geom
  where f.region_code = :region_code::text and f.layer_id = :base_id::uuid and f.feature_no = any(:feature_no::int[])
), part as materialized (
  select cover.feature_no, rest.path, rest.geom, parcel_area_m2(rest.geom) as area_m2
  from (
    select n.feature_no, united(array_agg(g.geom order by n.patch)) as geom
    from near n
    cross join lateral (
      select s.geom from layer_feature s
      where s.region_code = :region_code::text and s.layer_id = :layer_id::uuid and s.feature_no = n.patch
      offset 0
    ) g
    group by n.feature_no
  ) cover
  cross join lateral (
    select s.geom from layer_feature s
    where s.region_code = :region_code::text and s.layer_id = :base_id::uuid and s.feature_no = cover.feature_no
    offset 0
  ) f
  cross join lateral st_dump(rest_of(f.geom, cover.geom)) as rest
), stored as (
  insert into layer_feature (
    region_code, layer_id, feature_no, name, number, class_code, planting, slope_class, measure, approval, dated, issue_source,
    attributes, faults, source_wkb, source_srid, geom
  )
  select f.region_code, :layer_id::uuid, :before::int + remains.place, f.name, f.number, f.class_code, f.planting, f.slope_class,
         f.measure, f.approval, f.dated, f.issue_source, f.attributes, f.faults || :mark::jsonb, f.source_wkb, f.source_srid,
         remains.geom
  from (
    select feature_no, row_number() over (order by feature_no)::int as place,
           st_normalize(st_multi(st_collect(geom order by path))) as geom
    from part
    where area_m2 > :sliver::float8
    group by feature_no
  ) remains
  cross join lateral (
    select s.* from layer_feature s
    where s.region_code = :region_code::text and s.layer_id = :base_id::uuid and s.feature_no = remains.feature_no
    offset 0
  ) f
  returning feature_no
)
select (select count(*) from stored)::int as stored,
       (count(*) filter (where area_m2 <= :sliver::float8))::int as slivers,
       coalesce(sum(area_m2 order by feature_no, path) filter (where area_m2 <= :sliver::float8), 0) as sliver_m2
from part
