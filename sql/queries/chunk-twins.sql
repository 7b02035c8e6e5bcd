-- One row per parcel of the chunk whose shape an earlier parcel of the run has too: the first such parcel.
select rr.ordinal, twin.parcel_id as twin
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
cross join lateral (
  select q.parcel_id
  from parcel q
  join run_set s on s.region_code = q.region_code and s.parcel_set_id = q.parcel_set_id and s.run_id = rr.run_id and s.role = 'judged'
  where q.region_code = :region_code::text and q.geometry_hash = p.geometry_hash and s.first_ordinal + q.ordinal < rr.ordinal
  order by s.first_ordinal + q.ordinal
  limit 1
) twin
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int and (:again::boolean or rr.result_id is null) and p.area_m2 > 0
