-- One row per check and outcome of a finished run: how many parcels, and the area (m²) of them.
select f.check_id, f.outcome, count(*)::int as parcels, coalesce(sum(f.area_m2 order by rr.ordinal), 0)::float8 as area_m2
from run_result rr
join finding f on f.region_code = rr.region_code and f.result_id = rr.result_id
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
group by f.check_id, f.outcome
order by f.check_id, f.outcome
