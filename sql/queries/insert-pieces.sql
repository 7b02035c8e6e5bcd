-- One row per piece of the books of new results: drawn by the program (WKB in degrees, all as one value), or all of the parcel, whose shape
-- stands already.
insert into piece (region_code, result_id, piece_no, reasons, measure, area_m2, geom)
select :region_code::text, b.result_id, b.piece_no, b.reasons, b.measure, b.area_m2,
       case when b.whole then (
         select p.geom
         from parcel p
         where p.region_code = :region_code::text and p.parcel_set_id = b.set_id and p.ordinal = b.parcel_place
       ) else st_geomfromwkb(substring(:wkb::bytea from b.wkb_from for b.wkb_bytes), 4490) end
from unnest(:result_id::uuid[], :piece_no::int[], :reasons::jsonb[], :measure::text[], :area_m2::float8[], :whole::boolean[], :wkb_from::int[], :wkb_bytes::int[],
    :set_id::uuid[], :parcel_place::int[])
  as b (result_id, piece_no, reasons, measure, area_m2, whole, wkb_from, wkb_bytes, set_id, parcel_place)
