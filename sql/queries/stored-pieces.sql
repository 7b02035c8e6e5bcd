-- One row per piece of the books of a chunk, as it stands, with the area (m²) of the shape drawn for it.
select rr.ordinal, b.piece_no, b.reasons, b.measure, b.area_m2, st_area(b.geom::geography) as drawn_m2
from run_result rr
join piece b on b.region_code = rr.region_code and b.result_id = rr.result_id
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
order by rr.ordinal, b.piece_no
