-- One row per polygon of a layer that touches a box (degrees): what a map colours and names it by, and its shape, of long ones only what lies
-- about the box. For the screen only.
with near as (
  -- the pieces are what is found by place
  select distinct l.feature_no
  from layer_piece l
  where l.region_code = :region_code::text and l.layer_id = :layer_id::uuid
    and l.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)
)
select f.feature_no as ordinal, f.name, f.number, f.class_code, f.planting, f.measure,
       st_asgeojson(case when st_npoints(f.geom) > 1000 then st_clipbybox2d(f.geom, st_expand(
         st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490), :east::float8 - :west::float8)) else f.geom end, 8, 0) as geometry
from near
join layer_feature f on f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no = near.feature_no
order by f.feature_no
