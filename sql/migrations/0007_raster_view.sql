-- What the screen draws a raster from; no figure comes from here. Level 0: the shade of each cell, whose slope is in raster_tile; level n:
-- of every 2^n-th cell of each 2^n-th row the slope (a byte: half degrees rounded up, 255 none) and, of an elevation model, the shade
-- (1–255 by light from the north-west at 45°, 0 none). Deflated, 256² bytes, row-major from the top. Tiles with no value are not stored.
create table raster_view (
  region_code text collate "C" not null,
  layer_id uuid not null,
  level int not null check (level >= 0),
  tile_row int not null,
  tile_col int not null,
  slope bytea,
  shade bytea,
  primary key (region_code, layer_id, level, tile_row, tile_col)
);
