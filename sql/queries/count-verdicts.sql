-- One row: how many parcels of a run the filters of read-verdicts match.
select count(*)::int as matched
from run_result rr
join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
  and (:verdict::text is null or s.verdict = :verdict::text)
  and (not :only_flagged::boolean or s.verdict <> 'compliant')
  and (:project_code::text is null or p.project_code = :project_code::text)
  and (:township::text is null or rr.township = :township::text)
  and (:parcel_id::text is null or p.parcel_id = :parcel_id::text)
  and (:west::float8 is null or (p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)
       and st_intersects(p.geom, st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490))))
  and ((:check_id::text is null and :outcome::text is null) or exists (
    select 1 from finding f
    where f.region_code = rr.region_code and f.result_id = rr.result_id
      and (:check_id::text is null or f.check_id = :check_id::text) and f.outcome = coalesce(:outcome::text, 'fail')))
