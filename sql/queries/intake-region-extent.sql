-- One row where the region has a boundary: the lon/lat extent of the newest one.
select st_xmin(extent) as west, st_ymin(extent) as south, st_xmax(extent) as east, st_ymax(extent) as north
from (
  select st_extent(f.geom) as extent
  from layer_feature f
  where f.region_code = :region_code::text
    and f.layer_id = (
      select layer_id from layer
      where region_code = :region_code::text and type = 'boundary' and state = 'ready'
      order by created_at desc, layer_id limit 1
    )
) county
where extent is not null
