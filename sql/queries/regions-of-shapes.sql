-- One row per county that has a parcel of one of these shapes.
select r.region_code
from region r
where exists (select from parcel p where p.region_code = r.region_code and p.geometry_hash = any (:geometry_hashes::text[]))
order by r.region_code
limit 2
