-- One row per group of a finished run: the whole (kind 'all'), each project, each township; books, verdicts, and for the whole the checks.
with r as materialized (
  select rr.ordinal, rr.township, p.project_code, p.project_name, p.declared_area_m2, s.*
  from run_result rr
  join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
  join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
), grouped as (
  select case when grouping(r.project_code) = 0 then 'project' when grouping(r.township) = 0 then 'township' else 'all' end as kind,
         r.project_code, r.township, (array_agg(r.project_name order by r.ordinal) filter (where r.project_name is not null))[1] as project_name,
         count(*)::int as parcel_count, sum(r.declared_area_m2 order by r.ordinal) as declared_area_m2,
         sum(r.area_m2 order by r.ordinal) as area_m2, sum(r.deduct_area_m2 order by r.ordinal) as deduct_area_m2,
         sum(r.restore_area_m2 order by r.ordinal) as restore_area_m2, sum(r.remediate_area_m2 order by r.ordinal) as remediate_area_m2,
         sum(r.kept_area_m2 order by r.ordinal) as kept_area_m2, sum(r.kept_unverified_area_m2 order by r.ordinal) as kept_unverified_area_m2,
         (count(*) filter (where r.verdict = 'compliant'))::int as compliant,
         (count(*) filter (where r.verdict = 'non_compliant'))::int as non_compliant,
         (count(*) filter (where r.verdict = 'undetermined'))::int as undetermined
  from r
  group by grouping sets ((), (r.project_code), (r.township))
)
select kind, project_code, township, project_name, parcel_count, declared_area_m2, area_m2, deduct_area_m2, restore_area_m2,
       remediate_area_m2, kept_area_m2, kept_unverified_area_m2, compliant, non_compliant, undetermined
from grouped
order by kind, project_code collate "C" nulls last, township collate "C" nulls last
