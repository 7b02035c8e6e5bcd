-- One row per slope tile of a batch.
insert into raster_tile (region_code, layer_id, tile_row, tile_col, data)
select :region_code::text, :layer_id::uuid, tile.tile_row, tile.tile_col, tile.data
from unnest(:tile_row::int[], :tile_col::int[], :data::bytea[]) as tile(tile_row, tile_col, data)
