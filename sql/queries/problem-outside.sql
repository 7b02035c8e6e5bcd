-- One row per parcel of a stretch of a set that has vertices outside the newest boundary of the county, further than `least` metres: how many,
-- and the one furthest out. A parcel that does not meet the boundary at all has no vertex but a place (`wholly`).
with boundary as materialized (
  select layer_id
  from layer
  where region_code = :region_code::text and type = 'boundary' and state = 'ready'
  order by created_at desc, layer_id
  limit 1
), doubtful as materialized (
  select p.ordinal, p.geom, b.layer_id
  from parcel p
  cross join boundary b
  where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int
    and p.area_m2 > 0
    -- most parcels lie within one piece
    and not exists (
      select from layer_piece l
      where l.region_code = :region_code::text and l.layer_id = b.layer_id and l.geom ~ p.geom and st_covers(l.geom, p.geom)
    )
), judged as materialized (
  select d.*, not exists (
    select from layer_piece l
    where l.region_code = :region_code::text and l.layer_id = d.layer_id and l.geom && d.geom and st_intersects(l.geom, d.geom)
  ) as wholly
  from doubtful d
), vertex as materialized (
  select distinct j.ordinal, j.layer_id, d.geom as at
  from judged j
  cross join lateral st_dumppoints(j.geom) d
  where not j.wholly and not exists (
    select from layer_piece l
    where l.region_code = :region_code::text and l.layer_id = j.layer_id and l.geom && d.geom and st_intersects(l.geom, d.geom)
  )
), measured as materialized (
  select v.ordinal, v.at, nearest.distance_m
  from vertex v
  cross join lateral (
    -- the nearest in degrees need not be the nearest in metres, but is among the first few
    select min(st_distance(few.geom::geography, v.at::geography)) as distance_m
    from (
      select l.geom
      from layer_piece l
      where l.region_code = :region_code::text and l.layer_id = v.layer_id
      order by l.geom <-> v.at
      limit 4
    ) few
  ) nearest
  where nearest.distance_m > :least::float8
)
select m.ordinal, false as wholly, count(*)::int as vertices, max(m.distance_m) as distance_m,
       (array_agg(st_x(m.at) order by m.distance_m desc, m.at))[1] as lon, (array_agg(st_y(m.at) order by m.distance_m desc, m.at))[1] as lat
from measured m
group by m.ordinal
union all
select j.ordinal, true, 0, null, st_x(inner_point.at), st_y(inner_point.at)
from judged j
cross join lateral (select st_pointonsurface(j.geom) as at) inner_point
where j.wholly
