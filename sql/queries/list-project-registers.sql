-- One version of a county's project register, newest first; place is what the next page starts after.
select r.register_id, r.region_code, r.version_no, r.file_name, r.sha256, r.project_count, r.certified_count, r.pending_count,
       not exists (select from project_register n where n.region_code = r.region_code and n.version_no > r.version_no) as current,
       r.decisions, r.warnings, r.created_at, r.created_at::text as place
from project_register r
where (:register_id::uuid is null or r.register_id = :register_id::uuid)
  and (:region_code::text is null or r.region_code = :region_code::text)
  and (:after_at::timestamptz is null or (r.created_at, r.register_id, r.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
order by r.created_at desc, r.register_id desc, r.region_code desc
limit :limit::int
