-- One row per parcel of a stretch of a set that has vertices outside the newest boundary of the county, further than `least_deg` degrees of
-- latitude: how many, and the one furthest out. A parcel that does not meet the boundary at all has no vertex but a place (`wholly`).
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
      select
      -- offset 0: through the index of shapes, whatever the planner believes of rows just stored
      from (select l.layer_id, l.geom from layer_piece l where l.region_code = :region_code::text and l.geom ~ p.geom offset 0) l
      where l.layer_id = b.layer_id and st_covers(l.geom, p.geom)
    )
), judged as materialized (
  select d.*,
         -- a degree of longitude in degrees of latitude: N cos φ ÷ M on CGCS2000
         cosd(st_ymin(d.geom)) * (1 - 0.006694380022900787 * sind(st_ymin(d.geom)) ^ 2) / (1 - 0.006694380022900787) as narrowing,
         not exists (
    select
    from (select l.layer_id, l.geom from layer_piece l where l.region_code = :region_code::text and l.geom && d.geom offset 0) l
    where l.layer_id = d.layer_id and st_intersects(l.geom, d.geom)
  ) as wholly
  from doubtful d
), near as materialized (
  -- what a vertex is nearest to lies by its parcel, which meets the boundary; 0.001° is some 100 m
  select j.ordinal, st_scale(l.geom, j.narrowing, 1) as geom
  from judged j
  cross join lateral (
    select p.layer_id, p.geom from layer_piece p where p.region_code = :region_code::text and p.geom && st_expand(j.geom, 0.001) offset 0
  ) l
  where l.layer_id = j.layer_id and not j.wholly
), vertex as materialized (
  select distinct j.ordinal, j.narrowing, d.geom as at
  from judged j
  cross join lateral st_dumppoints(j.geom) d
  where not j.wholly
), measured as materialized (
  select v.ordinal, v.at, min(st_distance(n.geom, st_scale(v.at, v.narrowing, 1))) as distance_deg
  from vertex v
  join near n on n.ordinal = v.ordinal
  group by v.ordinal, v.at
)
select m.ordinal, false as wholly, count(*)::int as vertices, max(m.distance_deg) as distance_deg,
       (array_agg(st_x(m.at) order by m.distance_deg desc, m.at))[1] as lon, (array_agg(st_y(m.at) order by m.distance_deg desc, m.at))[1] as lat
from measured m
where m.distance_deg > :least_deg::float8
group by m.ordinal
union all
select j.ordinal, true, 0, null, st_x(inner_point.at), st_y(inner_point.at)
from judged j
cross join lateral (select st_pointonsurface(j.geom) as at) inner_point
where j.wholly
