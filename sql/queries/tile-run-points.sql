-- One row per parcel of a run that has a shape, from after a place on: the middle of its box (degrees), how far the box reaches from it on a
-- map of Mercator (degrees of longitude) and its verdict.
select rr.ordinal, (st_xmin(p.geom) + st_xmax(p.geom)) / 2 as lon, (st_ymin(p.geom) + st_ymax(p.geom)) / 2 as lat, s.verdict as kind,
       greatest(st_xmax(p.geom) - st_xmin(p.geom), (st_ymax(p.geom) - st_ymin(p.geom))
         / cos(radians(greatest(abs(st_ymin(p.geom)), abs(st_ymax(p.geom)))))) / 2 as reach,
       p.area_m2 as weight
from run_result rr
join result s on s.region_code = :region_code::text and s.result_id = rr.result_id
join parcel p on p.region_code = :region_code::text and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal > :after::int and p.geom is not null
order by rr.ordinal
limit :limit::int
