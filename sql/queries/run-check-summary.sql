-- One row per check and outcome of a finished run: how many parcels, and of those that fail the area (m²), summed in the order of upload.
-- Counted and summed apart: only what fails has to be sorted (1.3 s for 1.2 million findings in one, 0.8 s so).
with counted as (
  select f.check_id, f.outcome, count(*)::int as parcels
  from run_result rr
  join finding f on f.region_code = rr.region_code and f.result_id = rr.result_id
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
  group by f.check_id, f.outcome
), failed as (
  select f.check_id, sum(f.area_m2 order by rr.ordinal) as area_m2
  from run_result rr
  join finding f on f.region_code = rr.region_code and f.result_id = rr.result_id and f.outcome = 'fail'
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
  group by f.check_id
)
select c.check_id, c.outcome, c.parcels, coalesce(f.area_m2, 0)::float8 as area_m2
from counted c
left join failed f on f.check_id = c.check_id and c.outcome = 'fail'
order by c.check_id, c.outcome
