-- One row per chunk of a run that has none yet. A run taken up again keeps its chunks, whatever size is in force then.
insert into run_chunk (region_code, run_id, first_ordinal, last_ordinal)
select r.region_code, r.run_id, place.first, least(place.first + :size::int - 1, r.parcel_count)
from run r
cross join lateral generate_series(1, r.parcel_count, :size::int) as place (first)
where r.region_code = :region_code::text and r.run_id = :run_id::uuid
  and not exists (
    select from run_chunk c where c.region_code = :region_code::text and c.run_id = :run_id::uuid)
