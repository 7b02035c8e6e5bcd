-- One feature of a layer for the screen: its shape simplified by tolerance degrees (0: as it is), topology kept, GeoJSON in lon/lat.
-- This shape is never measured.
select f.feature_no, f.name, f.number, f.class_code,
       st_asgeojson(case when :tolerance::float8 > 0 then st_multi(st_simplifypreservetopology(f.geom, :tolerance::float8)) else f.geom end, 9) as geometry
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no > :after::int
  and (:west::float8 is null or f.feature_no in (
    select p.feature_no from layer_piece p
    where p.region_code = :region_code::text and p.layer_id = :layer_id::uuid
      and p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)))
order by f.feature_no
limit :limit::int
