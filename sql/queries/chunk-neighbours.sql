-- One row per parcel of the run's sets, earlier accepted ones among them, that is not among those asked for (`own`: their places in the run)
-- and whose box meets one of the boxes, which hold these. A parcel that a later set of the run files anew is an earlier version and takes no
-- part, nor does a set that another one replaces.
select s.ordinal as set_no, near.parcel_set_id::text as parcel_set_id, near.ordinal as parcel_ordinal, near.parcel_id, near.project_name,
       st_asbinary(near.geom, 'NDR') as shape
from (
  select distinct on (q.parcel_set_id, q.ordinal) q.*
  from unnest(:west::float8[], :south::float8[], :east::float8[], :north::float8[]) as b (west, south, east, north)
  -- offset 0: as in chunk-pieces
  cross join lateral (
    select p.parcel_set_id, p.ordinal, p.parcel_id, p.project_code, p.project_name, p.geom
    from parcel p
    where p.region_code = :region_code::text and p.geom && st_makeenvelope(b.west, b.south, b.east, b.north, 4490)
      and not p.parcel_set_id = any (:replaced::uuid[])
    offset 0
  ) q
) near
join run_set s on s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.parcel_set_id = near.parcel_set_id
where not (s.role = 'judged' and s.first_ordinal + near.ordinal = any (:own::int[]))
  and not (:several_sets::boolean and filed_anew(:region_code::text, :run_id::uuid, s.ordinal, near.project_code, near.parcel_id))
