-- One row: the lon/lat extent of a layer's polygons; nulls for a raster.
select st_xmin(e.box)::float8 as west, st_ymin(e.box)::float8 as south, st_xmax(e.box)::float8 as east, st_ymax(e.box)::float8 as north
from (select st_extent(f.geom) as box from layer_feature f where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid) e
