-- One row per polygon of a layer that has a shape, from after a number on: the middle of its box (degrees), its class and its size.
select f.feature_no as ordinal, (st_xmin(f.geom) + st_xmax(f.geom)) / 2 as lon, (st_ymin(f.geom) + st_ymax(f.geom)) / 2 as lat,
       coalesce(f.class_code, '') as kind, st_area(f.geom) as weight
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no > :after::int and f.geom is not null
order by f.feature_no
limit :limit::int
