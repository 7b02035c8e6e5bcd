-- One row: how far (m) a point is from a parcel of an indexed run, 0 inside it.
select st_distance(p.geom::geography, st_setsrid(st_makepoint(:lon::float8, :lat::float8), 4490)::geography) as distance_m
from run_index i
join parcel p on p.region_code = i.region_code and p.parcel_set_id = i.parcel_set_id and p.ordinal = i.parcel_ordinal and p.area_m2 > 0
where i.region_code = :region_code::text and i.run_id = :run_id::uuid and i.parcel_id = :parcel_id::text
order by i.ordinal
limit 1
