-- One row per stored tile of slopes of a raster within a stretch of its tiles.
select t.tile_row, t.tile_col, t.data
from raster_tile t
where t.region_code = :region_code::text and t.layer_id = :layer_id::uuid
  and t.tile_row between :row_first::int and :row_last::int and t.tile_col between :col_first::int and :col_last::int
