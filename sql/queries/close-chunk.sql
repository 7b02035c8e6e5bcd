-- One row per parcel of the chunk: its place in the run refers to its result, and it gets the township at its inner point.
with settled as materialized (
  select s.ordinal, s.result_id, place.township
  from unnest(:ordinal::int[], :result_id::uuid[]) as s (ordinal, result_id)
  cross join lateral (
    select coalesce(p.township, (
             select f.name
             from layer_piece l
             join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
             -- as text, for no index: with that of the key too, all 1,600 pieces of a layer were looked at for each parcel
             where cardinality(:township_layers::text[]) > 0 and l.region_code = :region_code::text and l.layer_id::text = any (:township_layers::text[]) and p.area_m2 > 0
               and st_intersects(l.geom, st_pointonsurface(p.geom))
             order by l.layer_id, l.feature_no
             limit 1)) as township
    from run_result rr
    join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
    where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = s.ordinal
    offset 0
  ) place
)
update run_result r
set result_id = s.result_id, township = s.township
from settled s
-- the bounds: else the rows of the whole run are compared with those of the chunk (45 s for 3,000)
where r.region_code = :region_code::text and r.run_id = :run_id::uuid and r.ordinal between :first::int and :last::int and r.ordinal = s.ordinal
