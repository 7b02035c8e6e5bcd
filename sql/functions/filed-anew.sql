-- Whether a later set of the run files the same parcel (project and id) again: then this one is its earlier version (CONTRACT §3.1).
-- Without a project code nobody can say so: two files that number their rows alike are not the same land.
-- A set whose ids repeat between projects calls its parcels project/id, the set before it perhaps did not: both names are one.
create or replace function filed_anew(region text, run uuid, set_no int, project text, parcel text)
returns boolean language sql stable as $$
  select exists (
    select 1
    from run_set s
    join parcel n on n.region_code = s.region_code and n.parcel_set_id = s.parcel_set_id
      and n.parcel_id = any (array[parcel, project || '/' || parcel,
                                   case when starts_with(parcel, project || '/') then substr(parcel, length(project) + 2) end])
    where s.region_code = region and s.run_id = run and s.ordinal > set_no and n.project_code = project
  )
$$;
