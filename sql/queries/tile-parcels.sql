-- One row per parcel of a run that touches a box (degrees), of all or (not null) of some places: what a map colours it by, and its shape. For the
-- screen only.
select rr.ordinal, p.parcel_id, p.project_code, rr.township, s.verdict, s.area_m2,
       (select string_agg(f.check_id, ' ' order by f.check_id)
        from finding f
        where f.region_code = :region_code::text and f.result_id = rr.result_id and f.outcome = 'fail') as fails,
       st_asgeojson(p.geom, 8, 0) as geometry
from run_set rs
join parcel p on p.region_code = :region_code::text and p.parcel_set_id = rs.parcel_set_id
  and p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)
join run_result rr on rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = rs.first_ordinal + p.ordinal
join result s on s.region_code = :region_code::text and s.result_id = rr.result_id
where rs.region_code = :region_code::text and rs.run_id = :run_id::uuid and rs.role = 'judged'
  and (:ordinals::int[] is null or rr.ordinal = any (:ordinals::int[]))
order by rr.ordinal
