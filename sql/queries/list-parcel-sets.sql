-- One parcel set that is ready, newest first, withdrawn ones included; place is what the next page starts after.
select s.parcel_set_id, s.region_code, s.name, s.file_name, s.sha256, s.feature_count, s.area_m2, s.replaces, s.withdrawn_at, s.accepted_at,
       s.decisions, s.warnings, s.created_at, s.created_at::text as place
from parcel_set s
where s.state = 'ready'
  and (:parcel_set_id::uuid is null or s.parcel_set_id = :parcel_set_id::uuid)
  and (:region_code::text is null or s.region_code = :region_code::text)
  and (:after_at::timestamptz is null or (s.created_at, s.parcel_set_id, s.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
order by s.created_at desc, s.parcel_set_id desc, s.region_code desc
limit :limit::int
