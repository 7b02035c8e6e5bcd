-- One row per parcel of the chunk: its plot type and the start year its 14-digit project code (6+4+4) states, if it states one.
select p.ordinal, p.plot_type,
       case when c.code ~ '^[0-9]{14}$' and substr(c.code, 7, 4)::int between 1980 and 2100 then substr(c.code, 7, 4)::int end as code_year
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
cross join lateral (select btrim(p.project_code) as code) c
order by p.ordinal
