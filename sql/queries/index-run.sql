-- Writes the narrow rows of a stretch of a finished run (run_index), those that are there left alone.
insert into run_index (region_code, run_id, ordinal, parcel_set_id, parcel_ordinal, result_id, parcel_id, project_code, project_name, township,
                       geometry_hash, verdict, area_m2, deduct_area_m2, restore_area_m2, remediate_area_m2, fail_mask, pass_mask,
                       undetermined_mask, found_in)
select rr.region_code, rr.run_id, rr.ordinal, rr.parcel_set_id, rr.parcel_ordinal, rr.result_id, p.parcel_id, coalesce(p.project_code, ''),
       p.project_name, rr.township, p.geometry_hash, s.verdict, s.area_m2, s.deduct_area_m2, s.restore_area_m2, s.remediate_area_m2,
       m.failing, m.passing, m.undetermined,
       lower(concat_ws(chr(10), p.parcel_id, p.client_id, p.project_code, p.project_name))
from run_result rr
join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
cross join lateral (
  select coalesce(bit_or(b.bit) filter (where b.outcome = 'fail'), 0) as failing,
         coalesce(bit_or(b.bit) filter (where b.outcome = 'pass'), 0) as passing,
         coalesce(bit_or(b.bit) filter (where b.outcome = 'undetermined'), 0) as undetermined
  from (
    select f.outcome, 1 << (array_position(:check_ids::text[], f.check_id) - 1) as bit
    from finding f where f.region_code = rr.region_code and f.result_id = rr.result_id
  ) b
) m
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
on conflict do nothing
