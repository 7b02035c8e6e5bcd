-- One row per tile that a raster is drawn from at a level, within a stretch of its tiles: shades or else slopes, a byte a cell.
select v.tile_row, v.tile_col, case when :shade::bool then v.shade else v.slope end as data
from raster_view v
where v.region_code = :region_code::text and v.layer_id = :layer_id::uuid and v.level = :level::int
  and v.tile_row between :row_first::int and :row_last::int and v.tile_col between :col_first::int and :col_last::int
  and case when :shade::bool then v.shade else v.slope end is not null
