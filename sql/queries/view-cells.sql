-- One row per stored tile of a raster within a stretch of its tiles: of level 0 slopes as float4 with the shade beside them, of others as bytes.
select t.tile_row, t.tile_col, t.data as slope, v.shade
from raster_tile t
left join raster_view v on v.region_code = t.region_code and v.layer_id = t.layer_id and v.level = 0 and v.tile_row = t.tile_row and v.tile_col = t.tile_col
where :level::int = 0 and t.region_code = :region_code::text and t.layer_id = :layer_id::uuid
  and t.tile_row between :row_first::int and :row_last::int and t.tile_col between :col_first::int and :col_last::int
union all
select v.tile_row, v.tile_col, v.slope, v.shade
from raster_view v
where :level::int > 0 and v.region_code = :region_code::text and v.layer_id = :layer_id::uuid and v.level = :level::int
  and v.tile_row between :row_first::int and :row_last::int and v.tile_col between :col_first::int and :col_last::int
