-- One row per parcel of a chunk, in order: its result as it stands (null where there is none), and the township it was given.
select rr.ordinal, rr.township, s.area_m2, s.verdict, s.deduct_area_m2, s.restore_area_m2, s.remediate_area_m2, s.kept_area_m2,
       s.kept_unverified_area_m2, s.net, s.outcomes, to_jsonb(s.failed_m2) as failed_m2
from run_result rr
left join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
order by rr.ordinal
