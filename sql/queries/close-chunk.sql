-- One row per parcel of the chunk that now has a finding of every check: its place in the run refers to its result, and it gets the township
-- at its inner point.
update run_result r
set result_id = s.result_id,
    township = coalesce(p.township, (
      select f.name
      from layer_piece l
      join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
      where l.region_code = :region_code::text and l.layer_id = any (:township_layers::uuid[]) and p.area_m2 > 0
        and st_intersects(l.geom, st_pointonsurface(p.geom))
      order by l.layer_id, l.feature_no
      limit 1))
from unnest(:ordinal::int[], :result_id::uuid[]) as s (ordinal, result_id), parcel p
where r.region_code = :region_code::text and r.run_id = :run_id::uuid and r.ordinal = s.ordinal
  and p.region_code = r.region_code and p.parcel_set_id = r.parcel_set_id and p.ordinal = r.parcel_ordinal
  and (select count(*) from finding f where f.region_code = :region_code::text and f.result_id = s.result_id) = :check_count::int
