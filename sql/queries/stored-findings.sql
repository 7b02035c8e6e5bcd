-- One row per finding of the parcels of a chunk, as it stands.
select rr.ordinal, f.check_id, f.outcome, f.reason, f.measure, f.area_m2, f.share, f.unknown_area_m2, f.detail
from run_result rr
join finding f on f.region_code = rr.region_code and f.result_id = rr.result_id
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
