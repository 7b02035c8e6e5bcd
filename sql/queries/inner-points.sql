-- One row per parcel asked for: a point within it and, where the boundary layers cover part of it, one within the rest (lon/lat).
select rr.ordinal, st_x(inner_point.at) as lon, st_y(inner_point.at) as lat, st_x(outer_point.at) as outside_lon, st_y(outer_point.at) as outside_lat
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
cross join lateral (select st_pointonsurface(p.geom) as at) inner_point
cross join lateral (
  select st_pointonsurface(rest_of(p.geom, united(array_agg(l.geom order by l.layer_id, l.feature_no, l.piece_no)))) as at
  from layer_piece l
  where l.region_code = :region_code::text and l.layer_id = any (:boundary::uuid[]) and l.geom && p.geom
) outer_point
-- the bounds: as in close-chunk
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
  and rr.ordinal = any (:ordinals::int[]) and p.area_m2 > 0
