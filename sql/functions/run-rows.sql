-- The parcels of an indexed run with what was decided of them: masks with a bit a check, in the order of check_ids. A parcel's flag is
-- suspected while no decision stands on it; a stale one is confirmed or rejected too.
create or replace function run_rows(region text, of_run uuid, check_ids text[])
returns table (ordinal int, parcel_set_id uuid, parcel_ordinal int, parcel_id text, project_code text, project_name text, township text,
               geometry_hash text, verdict text, area_m2 float8, deduct_area_m2 float8, restore_area_m2 float8, remediate_area_m2 float8,
               fail_mask int, pass_mask int, undetermined_mask int, found_in text,
               suspected_mask int, confirmed_mask int, rejected_mask int, stale_mask int)
language sql stable as $$
  select i.ordinal, i.parcel_set_id, i.parcel_ordinal, i.parcel_id, i.project_code, i.project_name, coalesce(i.township, ''),
         i.geometry_hash, i.verdict, i.area_m2, i.deduct_area_m2, i.restore_area_m2, i.remediate_area_m2,
         i.fail_mask, i.pass_mask, i.undetermined_mask, i.found_in,
         i.fail_mask & ~(coalesce(d.confirmed, 0) | coalesce(d.rejected, 0)),
         coalesce(d.confirmed, 0), coalesce(d.rejected, 0), coalesce(d.stale, 0)
  from run_index i
  left join (
    select b.ordinal, bit_or(b.bit) filter (where b.decision = 'confirmed') as confirmed,
           bit_or(b.bit) filter (where b.decision = 'rejected') as rejected,
           bit_or(b.bit) filter (where b.stale_geometry or b.stale_layer or b.stale_figure) as stale
    from (select f.*, 1 << (array_position(check_ids, f.check_id) - 1) as bit from decided_flags(region, of_run) f) b
    group by b.ordinal
  ) d on d.ordinal = i.ordinal
  where i.region_code = region and i.run_id = of_run
$$;
