-- One row per parcel of the chunk with a shape: its shape in the plane of a raster, as WKB, for exact coverage of cells.
select p.ordinal, st_asbinary(st_transform(p.geom, :srid::int), 'NDR') as wkb
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
where p.area_m2 > 0
order by p.ordinal
