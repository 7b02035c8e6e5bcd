-- One row: the lon/lat extent of the parcels of some sets; nulls where all are empty.
select st_xmin(e.box)::float8 as west, st_ymin(e.box)::float8 as south, st_xmax(e.box)::float8 as east, st_ymax(e.box)::float8 as north
from (
  select st_extent(p.geom) as box from parcel p where p.region_code = :region_code::text and p.parcel_set_id = any (:parcel_set_ids::uuid[])
) e
