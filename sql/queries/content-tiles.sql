-- One row: of the tiles of a raster within a stretch of tile rows, the digests of their bytes, one after the other.
select count(*)::int as row_count,
       coalesce(string_agg(sha256(convert_to(concat_ws('|', t.tile_row, t.tile_col), 'UTF8') || t.data), ''
         order by t.tile_row, t.tile_col), '') as digests
from raster_tile t
where t.region_code = :region_code::text and t.layer_id = :layer_id::uuid and t.tile_row between :first::int and :last::int
