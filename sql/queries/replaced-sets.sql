-- One row per set of the run that another set of the run replaces.
select r.parcel_set_id::text as parcel_set_id
from run_set r
where r.region_code = :region_code::text and r.run_id = :run_id::uuid and exists (
  select
  from run_set n
  join parcel_set t on t.region_code = n.region_code and t.parcel_set_id = n.parcel_set_id
  where n.region_code = r.region_code and n.run_id = r.run_id and n.parcel_set_id <> r.parcel_set_id
    and t.replaces ? r.parcel_set_id::text)
order by r.parcel_set_id
