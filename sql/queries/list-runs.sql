-- One run with what the newest job that computed it says of it, newest first; place is what the next page starts after. Its summary, a
-- line a project, only if it is asked for.
select r.run_id, r.region_code, r.state, r.params, r.parcel_count, case when :whole::boolean then r.summary end as summary, r.problem, r.created_at, r.started_at, r.finished_at,
       r.created_at::text as place, j.job_id, j.state as job_state, j.progress as job_progress, j.problem as job_problem, j.request_id,
       (select coalesce(jsonb_agg(s.parcel_set_id order by s.ordinal), '[]') from run_set s
        where s.region_code = r.region_code and s.run_id = r.run_id and s.role = 'judged') as parcel_set_ids,
       (select coalesce(jsonb_agg(l.layer_id order by l.layer_id), '[]') from run_layer l
        where l.region_code = r.region_code and l.run_id = r.run_id) as layer_ids
from run r
left join lateral (
  select j.job_id, j.state, j.progress, j.problem, j.request_id from job j where j.subject_id = r.run_id and j.kind = 'run'
  order by j.created_at desc, j.job_id limit 1
) j on true
where (:run_id::uuid is null or r.run_id = :run_id::uuid)
  and (:region_code::text is null or r.region_code = :region_code::text)
  and (:state::text is null or r.state = :state::text)
  and (:after_at::timestamptz is null or (r.created_at, r.run_id, r.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
order by r.created_at desc, r.run_id desc, r.region_code desc
limit :limit::int
