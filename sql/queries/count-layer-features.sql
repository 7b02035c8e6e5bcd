-- One row: how many features of a layer touch the box.
select count(*)::int as matched
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid
  and (:west::float8 is null or f.feature_no in (
    select p.feature_no from layer_piece p
    where p.region_code = :region_code::text and p.layer_id = :layer_id::uuid
      and p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)))
