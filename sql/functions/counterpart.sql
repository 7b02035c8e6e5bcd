-- The place in another run of a parcel whose set that run does not judge: of the sets that only one of the two judges, the latest on either
-- side that has the parcel (project and id, one of them perhaps called project/id) speak of the same land. Null where there is none.
-- The other way round it gives the same pairs.
create or replace function counterpart(region text, own_run uuid, other_run uuid, own_set uuid, project text, parcel text)
returns int language sql stable as $$
  with named as materialized (
    select s.run_id, s.parcel_set_id, s.ordinal as set_no, s.first_ordinal + n.ordinal as place
    from run_set s
    join parcel n on n.region_code = s.region_code and n.parcel_set_id = s.parcel_set_id
      and n.parcel_id = any (array[parcel, project || '/' || parcel,
                                   case when starts_with(parcel, project || '/') then substr(parcel, length(project) + 2) end])
      and n.project_code is not distinct from project
    where s.region_code = region and s.run_id in (own_run, other_run) and s.role = 'judged'
      and not exists (
        select from run_set t
        where t.region_code = region and t.run_id = case when s.run_id = own_run then other_run else own_run end
          and t.parcel_set_id = s.parcel_set_id and t.role = 'judged')
  )
  select o.place
  from named o
  where o.run_id = other_run
    and not exists (select from named p join named me on me.run_id = own_run and me.parcel_set_id = own_set
                    where p.run_id = own_run and p.set_no > me.set_no)
  order by o.set_no desc
  limit 1
$$;
