-- One row: of the polygons of the base that are asked for, what the new patches (numbers up to `patches`) leave of them is stored, numbered
-- on from `before`: how many, and what was left off as no land: parts of at most `sliver` m². The mark says that the shape is not as delivered.
with part as materialized (
  select f.feature_no, rest.path, rest.geom, parcel_area_m2(rest.geom) as area_m2
  from layer_feature f
  cross join lateral (
    select united(array_agg(g.geom order by g.feature_no)) as geom
    from layer_feature g
    where g.region_code = :region_code::text and g.layer_id = :layer_id::uuid
      and g.feature_no in (
        select p.feature_no from layer_piece p
        where p.region_code = :region_code::text and p.layer_id = :layer_id::uuid and p.feature_no <= :patches::int and p.geom && f.geom
      )
  ) cover
  cross join lateral st_dump(rest_of(f.geom, cover.geom)) as rest
  where f.region_code = :region_code::text and f.layer_id = :base_id::uuid and f.feature_no = any(:feature_no::int[])
), stored as (
  insert into layer_feature (
    region_code, layer_id, feature_no, name, number, class_code, planting, slope_class, measure, approval, dated, issue_source,
    attributes, faults, source_wkb, source_srid, geom
  )
  select f.region_code, :layer_id::uuid, :before::int + row_number() over (order by f.feature_no)::int, f.name, f.number, f.class_code,
         f.planting, f.slope_class, f.measure, f.approval, f.dated, f.issue_source, f.attributes, f.faults || :mark::jsonb, f.source_wkb,
         f.source_srid, remains.geom
  from (
    select feature_no, st_normalize(st_multi(st_collect(geom order by path))) as geom
    from part
    where area_m2 > :sliver::float8
    group by feature_no
  ) remains
  join layer_feature f on f.region_code = :region_code::text and f.layer_id = :base_id::uuid and f.feature_no = remains.feature_no
  returning feature_no
)
select (select count(*) from stored)::int as stored,
       (count(*) filter (where area_m2 <= :sliver::float8))::int as slivers,
       coalesce(sum(area_m2 order by feature_no, path) filter (where area_m2 <= :sliver::float8), 0) as sliver_m2
from part
