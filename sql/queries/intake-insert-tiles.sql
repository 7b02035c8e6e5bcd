-- One row per slope tile of a batch. Their bytes come as one value, as they are: told as texts of an array, storing them took twice as long.
insert into raster_tile (region_code, layer_id, tile_row, tile_col, data)
select :region_code::text, :layer_id::uuid, tile.tile_row, tile.tile_col, substring(:bytes::bytea from tile.data_from for tile.data_bytes)
from unnest(:tile_row::int[], :tile_col::int[], :data_from::int[], :data_bytes::int[]) as tile(tile_row, tile_col, data_from, data_bytes)
