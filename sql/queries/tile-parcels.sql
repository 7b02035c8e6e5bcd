-- One row per parcel of a run among those at some places (some thousands) that touches a box (degrees): what a map colours it by, and its shape.
-- For the screen only. By place and not by box first: from afar a box holds the county, and a few thousand of its parcels are asked for.
select rr.ordinal, p.parcel_id, p.project_code, rr.township, s.verdict, s.area_m2,
       (select string_agg(f.check_id, ' ' order by f.check_id)
        from finding f
        where f.region_code = :region_code::text and f.result_id = rr.result_id and f.outcome = 'fail') as fails,
       st_asgeojson(p.geom, 8, 0) as geometry
from unnest(:ordinals::int[]) as c(ordinal)
join run_result rr on rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = c.ordinal
join parcel p on p.region_code = :region_code::text and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
  and p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)
join result s on s.region_code = :region_code::text and s.result_id = rr.result_id
order by rr.ordinal
