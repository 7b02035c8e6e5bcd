-- One row per tile asked for that is stored: one without any value is not.
select tile.tile_row, tile.tile_col, tile.data
from unnest(:tile_row::int[], :tile_col::int[]) as asked (tile_row, tile_col)
-- offset 0: as in chunk-pieces
cross join lateral (
  select t.tile_row, t.tile_col, t.data
  from raster_tile t
  where t.region_code = :region_code::text and t.layer_id = :layer_id::uuid and t.tile_row = asked.tile_row and t.tile_col = asked.tile_col
  offset 0
) tile
