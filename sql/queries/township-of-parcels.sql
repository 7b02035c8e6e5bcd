-- One row per parcel of a chunk: the township it says itself, else the one at its inner point (as in close-chunk).
select rr.ordinal, coalesce(p.township, (
         select f.name
         from layer_piece l
         join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
         where l.region_code = :region_code::text and l.layer_id::text = any (:township_layers::text[]) and p.area_m2 > 0
           and st_intersects(l.geom, st_pointonsurface(p.geom))
         order by l.layer_id, l.feature_no
         limit 1)) as township
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
