-- One row per parcel of a stretch of a set, with its faults, and per parcel of the set whose box comes within `reach` degrees of one of them.
with own as materialized (
  select p.ordinal, p.parcel_id, p.geometry_hash, p.area_m2, p.source_file, p.source_row, p.faults, p.geom
  from parcel p
  where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int
)
select o.ordinal, o.parcel_id, o.geometry_hash, o.area_m2, o.source_file, o.source_row, o.faults, st_asbinary(o.geom, 'NDR') as shape
from own o
union all
select near.ordinal, near.parcel_id, near.geometry_hash, near.area_m2, null, null, null, st_asbinary(near.geom, 'NDR')
from (
  select distinct on (q.ordinal) q.ordinal, q.parcel_id, q.geometry_hash, q.area_m2, q.geom
  from own o
  -- offset 0, and the set asked for outside: through the index of shapes. The planner takes rows just stored for one and would go through
  -- the whole set for each parcel
  cross join lateral (
    select p.parcel_set_id, p.ordinal, p.parcel_id, p.geometry_hash, p.area_m2, p.geom
    from parcel p
    where p.region_code = :region_code::text and p.geom && st_expand(o.geom, :reach::float8)
      -- said thrice: each time the planner thinks the index of shapes finds fewer, until it takes it rather than that of regions
      and p.geom && st_envelope(st_expand(o.geom, :reach::float8)) and p.geom && st_expand(st_envelope(o.geom), :reach::float8)
    offset 0
  ) q
  where q.parcel_set_id = :parcel_set_id::uuid and q.ordinal not between :first::int and :last::int
) near
order by ordinal
