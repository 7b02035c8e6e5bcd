-- One row per shape that stands more than once in a parcel set, by its hash.
select p.geometry_hash
from parcel p
where p.region_code = :region_code::text and p.parcel_set_id = :set_id::uuid
group by p.geometry_hash
having count(*) > 1
