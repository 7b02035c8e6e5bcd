-- One row per parcel of a stretch of a set, and per parcel of the set whose box comes within `reach` degrees of one of them; faults of the former.
with own as materialized (
  select p.ordinal, p.source_file, p.source_row, p.faults, p.geom
  from parcel p
  where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int
), beside as (
  select distinct near.ordinal
  from own
  -- offset 0: through the index, whatever the planner believes of rows just stored
  cross join lateral (
    select q.ordinal
    from parcel q
    where q.region_code = :region_code::text and q.parcel_set_id = :parcel_set_id::uuid and q.geom && st_expand(own.geom, :reach::float8)
    offset 0
  ) near
  where near.ordinal not between :first::int and :last::int
)
select p.ordinal, p.parcel_id, p.geometry_hash, p.area_m2, own.source_file, own.source_row, own.faults, st_asbinary(p.geom, 'NDR') as shape
from (select ordinal from own union all select ordinal from beside) asked
join parcel p on p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal = asked.ordinal
left join own on own.ordinal = asked.ordinal
order by p.ordinal
