-- One row per parcel of a stretch of a set whose shape an earlier parcel of the set has too (the first such), and per parcel whose shape one
-- of another set of the county has that counts: ready, not withdrawn, neither replaced by this one nor replacing it. The same parcel of the
-- same project there is this one's earlier version (CONTRACT §3.1); a dry run of a file that is here is not another set than that file.
with own as materialized (
  select p.ordinal, p.parcel_id, p.project_code, p.geometry_hash, s.state, s.sha256, s.replaces
  from parcel p
  join parcel_set s on s.region_code = p.region_code and s.parcel_set_id = p.parcel_set_id
  where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int
    and p.area_m2 > 0
), same as materialized (
  select o.ordinal, q.parcel_id as twin, q.parcel_set_id, q.ordinal as twin_ordinal, q.parcel_set_id = :parcel_set_id::uuid as within,
         (q.parcel_id = o.parcel_id and q.project_code = o.project_code) is true as version
  from own o
  -- offset 0: through the index of equal shapes, not along the set
  cross join lateral (
    select p.parcel_set_id, p.ordinal, p.parcel_id, p.project_code
    from parcel p
    where p.region_code = :region_code::text and p.geometry_hash = o.geometry_hash
    offset 0
  ) q
  where q.parcel_set_id <> :parcel_set_id::uuid or q.ordinal < o.ordinal
)
(
  select distinct on (m.ordinal) m.ordinal, m.twin, null::text as twin_set, null::text as twin_set_name
  from same m
  where m.within
  order by m.ordinal, m.twin_ordinal
)
union all
(
  select distinct on (m.ordinal) m.ordinal, m.twin, s.parcel_set_id::text, s.name
  from same m
  join own o on o.ordinal = m.ordinal
  join parcel_set s on s.region_code = :region_code::text and s.parcel_set_id = m.parcel_set_id
  where not m.within and not m.version and s.state = 'ready' and s.withdrawn_at is null
    and not o.replaces ? s.parcel_set_id::text and not s.replaces ? :parcel_set_id::text
    and not (o.state = 'loading' and s.sha256 = o.sha256)
  order by m.ordinal, s.created_at, s.parcel_set_id, m.twin_ordinal
)
