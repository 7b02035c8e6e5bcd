-- One row per parcel of a stretch of a set whose shape an earlier parcel of the set has too (the first such), or one of another set of the
-- county that counts: ready, not withdrawn, neither replaced by this one nor replacing it. The same parcel of the same project there is
-- this one's earlier version (CONTRACT §3.1).
select p.ordinal, twin.parcel_id as twin, null::text as twin_set, null::text as twin_set_name
from parcel p
cross join lateral (
  select q.parcel_id
  from parcel q
  where q.region_code = p.region_code and q.geometry_hash = p.geometry_hash and q.parcel_set_id = p.parcel_set_id and q.ordinal < p.ordinal
  order by q.ordinal
  limit 1
) twin
where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int and p.area_m2 > 0
union all
select p.ordinal, twin.parcel_id, twin.parcel_set_id::text, twin.name
from parcel p
join parcel_set own on own.region_code = p.region_code and own.parcel_set_id = p.parcel_set_id
cross join lateral (
  select q.parcel_id, q.parcel_set_id, s.name
  from parcel q
  join parcel_set s on s.region_code = q.region_code and s.parcel_set_id = q.parcel_set_id
  where q.region_code = p.region_code and q.geometry_hash = p.geometry_hash and q.parcel_set_id <> p.parcel_set_id
    and s.state = 'ready' and s.withdrawn_at is null
    and not own.replaces ? s.parcel_set_id::text and not s.replaces ? own.parcel_set_id::text
    and (q.parcel_id = p.parcel_id and q.project_code = p.project_code) is not true
    -- a dry run of a file that is here is not another set than that file
    and not (own.state = 'loading' and s.sha256 = own.sha256)
  order by s.created_at, s.parcel_set_id, q.ordinal
  limit 1
) twin
where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int and p.area_m2 > 0
