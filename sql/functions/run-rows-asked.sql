-- The parcels of an indexed run (run_rows) that filters match; a filter is null where not asked for. check_mask: the checks that outcome and
-- state are asked of. found: lower case. west to north: degrees, all or none.
create or replace function run_rows_asked(
  region text, of_run uuid, check_ids text[], check_mask int, of_verdict text, of_outcome text, of_state text, of_project text,
  of_township text, area_min float8, area_max float8, found text, west float8, south float8, east float8, north float8)
returns table (ordinal int, parcel_id text, project_code text, project_name text, township text, verdict text, area_m2 float8,
               deduct_area_m2 float8, restore_area_m2 float8, remediate_area_m2 float8, fail_mask int, pass_mask int, undetermined_mask int,
               suspected_mask int, confirmed_mask int, rejected_mask int, stale_mask int)
language sql stable as $$
  select r.ordinal, r.parcel_id, r.project_code, r.project_name, r.township, r.verdict, r.area_m2,
         r.deduct_area_m2, r.restore_area_m2, r.remediate_area_m2, r.fail_mask, r.pass_mask, r.undetermined_mask,
         r.suspected_mask, r.confirmed_mask, r.rejected_mask, r.stale_mask
  from run_rows(region, of_run, check_ids) r
  where (of_verdict is null or r.verdict = of_verdict)
    and (of_project is null or r.project_code = of_project)
    and (of_township is null or r.township = of_township)
    and (area_min is null or r.area_m2 >= area_min)
    and (area_max is null or r.area_m2 <= area_max)
    and (found is null or strpos(r.found_in, found) > 0)
    and (west is null or (r.parcel_set_id, r.parcel_ordinal) in (
      select p.parcel_set_id, p.ordinal from parcel p
      where p.region_code = region
        and p.geom && st_makeenvelope(west, south, east, north, 4490)
        and st_intersects(p.geom, st_makeenvelope(west, south, east, north, 4490))))
    and (of_outcome is null or check_mask & case of_outcome
      when 'fail' then r.fail_mask when 'pass' then r.pass_mask when 'undetermined' then r.undetermined_mask
      else ~(r.fail_mask | r.pass_mask | r.undetermined_mask) end <> 0)
    and (of_state is null or check_mask & case of_state
      when 'suspected' then r.suspected_mask when 'confirmed' then r.confirmed_mask when 'rejected' then r.rejected_mask
      else r.stale_mask end <> 0)
$$;
