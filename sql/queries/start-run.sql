-- One row per parcel of the judged sets, in the order of the sets and of upload.
insert into run_result (region_code, run_id, ordinal, parcel_set_id, parcel_ordinal)
select s.region_code, s.run_id, s.first_ordinal + p.ordinal, p.parcel_set_id, p.ordinal
from run_set s
join parcel p on p.region_code = s.region_code and p.parcel_set_id = s.parcel_set_id
where s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'judged'
