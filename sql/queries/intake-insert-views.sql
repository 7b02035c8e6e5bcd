-- One row per tile of a batch that a raster is drawn from; empty bytes are none.
insert into raster_view (region_code, layer_id, level, tile_row, tile_col, slope, shade)
select :region_code::text, :layer_id::uuid, tile.level, tile.tile_row, tile.tile_col, nullif(tile.slope, ''::bytea), nullif(tile.shade, ''::bytea)
from unnest(:level::int[], :tile_row::int[], :tile_col::int[], :slope::bytea[], :shade::bytea[]) as tile(level, tile_row, tile_col, slope, shade)
