-- One row per piece of one parcel's books, with its shape as GeoJSON (lon/lat).
select b.piece_no, b.reasons, b.measure, b.area_m2, st_asgeojson(b.geom, 12, 0) as geometry
from piece b
where b.region_code = :region_code::text and b.result_id = (
  select rr.result_id from run_result rr where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = :ordinal::int)
order by b.piece_no
