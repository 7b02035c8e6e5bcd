-- The decisions that filters match; a filter is null where not asked for. With a run: those that its flags carry, and what of each is stale
-- there. only_current: those that no other has taken the place of.
create or replace function reviews_asked(
  of_region text, of_parcel text, of_project text, of_check text, of_person uuid, of_batch uuid, run_region text, of_run uuid,
  only_current boolean, of_state text)
returns table (region_code text, review_id uuid, decided_at timestamptz, stale_geometry boolean, stale_layer boolean, stale_figure boolean)
language sql stable as $$
  select r.region_code, r.review_id, r.decided_at, d.stale_geometry, d.stale_layer, d.stale_figure
  from review r
  left join (
    select distinct on (f.review_id) f.review_id, f.stale_geometry, f.stale_layer, f.stale_figure
    from decided_flags(run_region, of_run) f
    order by f.review_id, f.ordinal
  ) d on d.review_id = r.review_id
  where (of_region is null or r.region_code = of_region)
    and (of_parcel is null or r.parcel_id = of_parcel)
    and (of_project is null or r.project_code = of_project)
    and (of_check is null or r.check_id = of_check)
    and (of_person is null or r.person_id = of_person)
    and (of_batch is null or r.batch_id = of_batch)
    and (of_run is null or d.review_id is not null)
    and (of_state is null or case of_state when 'stale' then d.stale_geometry or d.stale_layer or d.stale_figure else r.decision = of_state end)
    and (not only_current and (of_state is null or of_state = 'stale')
         -- asked of each in turn: an anti-join would read all decisions where a page of the newest is wanted
         or (select n.review_id from review n where n.region_code = r.region_code and n.supersedes = r.review_id) is null)
$$;
