-- One row per tile of a batch that a raster is drawn from; empty bytes are none. Bytes: as in intake-insert-tiles.
insert into raster_view (region_code, layer_id, level, tile_row, tile_col, slope, shade)
select :region_code::text, :layer_id::uuid, tile.level, tile.tile_row, tile.tile_col,
       nullif(substring(:bytes::bytea from tile.slope_from for tile.slope_bytes), ''::bytea),
       nullif(substring(:bytes::bytea from tile.shade_from for tile.shade_bytes), ''::bytea)
from unnest(:level::int[], :tile_row::int[], :tile_col::int[], :slope_from::int[], :slope_bytes::int[], :shade_from::int[], :shade_bytes::int[])
  as tile(level, tile_row, tile_col, slope_from, slope_bytes, shade_from, shade_bytes)
