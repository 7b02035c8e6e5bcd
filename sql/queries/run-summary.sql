-- One row per group of a finished run: the whole (kind 'all'), each project, each township; books, verdicts. Areas are summed in the order of
-- upload, since floating sums depend on it: the rows are sorted once, and a hash of groups takes them as they come. Sorting by group would
-- not keep that order, so it is to be asked with enable_sort off. (Of 100,000 parcels in 1,000 projects: 300 ms; sorted by group and place
-- for each kind: 420; each sum sorted for itself: 1,150.)
with r as materialized (
  select rr.ordinal, p.project_code collate "C" as project_code, rr.township collate "C" as township, p.project_name, s.verdict,
         p.declared_area_m2, s.area_m2, s.deduct_area_m2, s.restore_area_m2, s.remediate_area_m2, s.kept_area_m2, s.kept_unverified_area_m2
  from run_result rr
  join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
  join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
    -- said once more, for what is hashed is then these sets alone, not all of the county (465 ms, so 330)
    and p.parcel_set_id in (select j.parcel_set_id from run_set j where j.region_code = :region_code::text and j.run_id = :run_id::uuid and j.role = 'judged')
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
  order by rr.ordinal
)
select 'all' as kind, null::text as project_code, null::text as township,
       (array_agg(o.project_name) filter (where o.project_name is not null))[1] as project_name, count(*)::int as parcel_count,
       sum(o.declared_area_m2) as declared_area_m2,
       sum(o.area_m2) as area_m2,
       sum(o.deduct_area_m2) as deduct_area_m2,
       sum(o.restore_area_m2) as restore_area_m2,
       sum(o.remediate_area_m2) as remediate_area_m2,
       sum(o.kept_area_m2) as kept_area_m2,
       sum(o.kept_unverified_area_m2) as kept_unverified_area_m2,
       (count(*) filter (where o.verdict = 'compliant'))::int as compliant,
       (count(*) filter (where o.verdict = 'non_compliant'))::int as non_compliant,
       (count(*) filter (where o.verdict = 'undetermined'))::int as undetermined
from r o
union all
select 'project' as kind, o.project_code, null::text as township,
       (array_agg(o.project_name) filter (where o.project_name is not null))[1] as project_name, count(*)::int as parcel_count,
       sum(o.declared_area_m2) as declared_area_m2,
       sum(o.area_m2) as area_m2,
       sum(o.deduct_area_m2) as deduct_area_m2,
       sum(o.restore_area_m2) as restore_area_m2,
       sum(o.remediate_area_m2) as remediate_area_m2,
       sum(o.kept_area_m2) as kept_area_m2,
       sum(o.kept_unverified_area_m2) as kept_unverified_area_m2,
       (count(*) filter (where o.verdict = 'compliant'))::int as compliant,
       (count(*) filter (where o.verdict = 'non_compliant'))::int as non_compliant,
       (count(*) filter (where o.verdict = 'undetermined'))::int as undetermined
from r o
group by o.project_code
union all
select 'township' as kind, null::text as project_code, o.township,
       (array_agg(o.project_name) filter (where o.project_name is not null))[1] as project_name, count(*)::int as parcel_count,
       sum(o.declared_area_m2) as declared_area_m2,
       sum(o.area_m2) as area_m2,
       sum(o.deduct_area_m2) as deduct_area_m2,
       sum(o.restore_area_m2) as restore_area_m2,
       sum(o.remediate_area_m2) as remediate_area_m2,
       sum(o.kept_area_m2) as kept_area_m2,
       sum(o.kept_unverified_area_m2) as kept_unverified_area_m2,
       (count(*) filter (where o.verdict = 'compliant'))::int as compliant,
       (count(*) filter (where o.verdict = 'non_compliant'))::int as non_compliant,
       (count(*) filter (where o.verdict = 'undetermined'))::int as undetermined
from r o
group by o.township
order by kind, project_code nulls last, township nulls last
