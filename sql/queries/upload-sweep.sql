-- One row per upload taken out: it has expired, and no unfinished job reads its bytes.
delete from upload u
where u.expires_at <= now()
  and not exists (select 1 from job j where j.upload_sha256 = u.sha256 and j.state in ('queued', 'running'))
