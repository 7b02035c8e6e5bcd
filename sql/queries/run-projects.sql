-- One row per project code of a finished run ('' is none): sums over its judged parcels in the order of the run. An indicator is deducted in the
-- measure in which it was filed (server/exports/xlsx/gather.ts): net where a net figure was filed, never more than it. null: no parcel says.
with r as materialized (
  select rr.ordinal, plain_code(coalesce(p.project_code, '')) as project_code, p.project_name, s.area_m2, s.kept_unverified_area_m2,
         p.target_class is null as no_class, p.target_class ~ '^0101|^011(?![0-9])|水田' as paddy, p.capacity_kg,
         coalesce(p.declared_net_m2, p.declared_area_m2, s.area_m2) as filed_m2,
         least(coalesce((s.net ->> 'deduct_net_m2')::float8, s.deduct_area_m2), coalesce(p.declared_net_m2, p.declared_area_m2, s.area_m2)) as due_m2
  from run_result rr
  join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
  join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
)
select r.project_code, (array_agg(r.project_name order by r.ordinal) filter (where r.project_name is not null))[1] as project_name,
       count(*)::int as parcel_count, sum(r.area_m2 order by r.ordinal) as computed_m2, sum(r.filed_m2 order by r.ordinal) as filed_m2,
       sum(r.due_m2 order by r.ordinal) as due_m2, sum(r.kept_unverified_area_m2 order by r.ordinal) as unverified_m2,
       count(*) filter (where r.no_class)::int as without_class,
       case when bool_or(not r.no_class) then coalesce(sum(r.filed_m2 order by r.ordinal) filter (where r.paddy), 0) end as paddy_filed_m2,
       case when bool_or(not r.no_class) or sum(r.due_m2 order by r.ordinal) = 0
         then coalesce(sum(r.due_m2 order by r.ordinal) filter (where r.paddy), 0) end as paddy_due_m2,
       count(*) filter (where r.capacity_kg is null)::int as without_capacity,
       sum(r.capacity_kg order by r.ordinal) as capacity_kg,
       sum(case when r.filed_m2 > 0 then r.capacity_kg * r.due_m2 / r.filed_m2 end order by r.ordinal) as capacity_due_kg
from r
group by r.project_code
order by r.project_code collate "C"
