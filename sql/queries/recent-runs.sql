-- One row per succeeded run of the county, the newest first: what a new run may take results from.
select r.run_id::text as run_id, r.manifest
from run r
where r.region_code = :region_code::text and r.run_id <> :run_id::uuid and r.state = 'succeeded'
order by r.finished_at desc
limit 10
