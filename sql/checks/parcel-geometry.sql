-- One measured row per parcel: every problem of its shape, located; a problem without warning = true fails it.
with outside as materialized (
  select * from outside_boundary(:region_code::text, :run_id::uuid, :first::int, :last::int, :boundary::uuid[])
), problem as materialized (
  select p.ordinal, f.value as problem, 1 as rank, f.ordinality::int as place
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  cross join lateral jsonb_array_elements(p.faults) with ordinality f
  union all
  select p.ordinal,
         jsonb_build_object('code', 'duplicate-shape', 'with', twin.parcel_id,
           'message', '图形与地块 ' || twin.parcel_id || ' 完全相同', 'message_en', 'Same shape as parcel ' || twin.parcel_id,
           'lon', st_x(st_pointonsurface(p.geom)), 'lat', st_y(st_pointonsurface(p.geom))), 2, 1
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  cross join lateral (
    select q.parcel_id
    from parcel q
    join run_set s on s.region_code = q.region_code and s.parcel_set_id = q.parcel_set_id and s.run_id = :run_id::uuid and s.role = 'judged'
    where q.region_code = :region_code::text and q.geometry_hash = p.geometry_hash and s.first_ordinal + q.ordinal < p.ordinal
    order by s.first_ordinal + q.ordinal
    limit 1
  ) twin
  where p.area_m2 > 0
  union all
  select p.ordinal,
         jsonb_build_object('code', 'outside-boundary', 'message', '地块全部位于县界之外', 'message_en', 'Wholly outside the county boundary',
           'lon', st_x(st_pointonsurface(p.geom)), 'lat', st_y(st_pointonsurface(p.geom))), 3, 1
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join outside o using (ordinal)
  where p.area_m2 > 0 and o.whole
  union all
  select p.ordinal,
         jsonb_build_object('code', 'partly-outside-boundary', 'warning', true, 'area_m2', o.area_m2,
           'message', '地块部分位于县界之外', 'message_en', 'Partly outside the county boundary',
           'lon', st_x(at.point), 'lat', st_y(at.point)), 3, 1
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join outside o using (ordinal)
  cross join lateral (select st_pointonsurface(rest_of(p.geom, o.geom)) as point) at
  where p.area_m2 > 0 and o.geom is not null
  union all
  select p.ordinal,
         jsonb_build_object('code', 'under-minimum', 'message', '地块面积小于 ' || :min_parcel_m2::float8 || ' 平方米',
           'message_en', 'Smaller than ' || :min_parcel_m2::float8 || ' m²',
           'lon', st_x(st_pointonsurface(p.geom)), 'lat', st_y(st_pointonsurface(p.geom))), 4, 1
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  where p.area_m2 > 0 and p.area_m2 < :min_parcel_m2::float8
  union all
  select p.ordinal,
         jsonb_build_object('code', 'empty-shape', 'message', '图形为空', 'message_en', 'Empty shape', 'lon', null, 'lat', null), 0, 1
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  where p.area_m2 = 0 and not p.faults @> '[{"code": "empty-shape"}]'
)
insert into measured (region_code, run_id, ordinal, check_id, outcome, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'parcel-geometry',
       case when bool_or(q.problem is not null and not coalesce((q.problem ->> 'warning')::boolean, false)) then 'fail' else 'pass' end,
       jsonb_build_object('problems', coalesce(jsonb_agg(q.problem order by q.rank, q.place) filter (where q.problem is not null), '[]'))
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
left join problem q using (ordinal)
group by p.ordinal
