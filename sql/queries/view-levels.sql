-- One row: how coarse a raster may be drawn (0: from its own cells alone), and whether it has shades.
select coalesce(max(v.level), 0)::int as coarsest, coalesce(bool_or(v.shade is not null), false) as shaded
from raster_view v
where v.region_code = :region_code::text and v.layer_id = :layer_id::uuid
