-- One row per uploaded file that something still refers to: a set or layer that is ready or being read, a register, or a job that has not ended.
select u.sha256
from unnest(:sha256::text[]) as u (sha256)
where exists (select 1 from parcel_set s where s.sha256 = u.sha256 and s.state <> 'failed')
   or exists (select 1 from layer l where l.sha256 = u.sha256 and l.state <> 'failed')
   or exists (select 1 from project_register r where r.sha256 = u.sha256)
   or exists (select 1 from job j where j.upload_sha256 = u.sha256 and j.state in ('queued', 'running'))
