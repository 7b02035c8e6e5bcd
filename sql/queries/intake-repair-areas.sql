-- One row per invalid shape that can be repaired: m² on the ellipsoid as delivered (signed rings added up) and as repaired.
-- ST_Area on geography only walks the rings, so it bears an invalid shape.
select shape.place::int as place,
       st_area(st_setsrid(case when :srid::int = 4490 then delivered when :srid::int between 4491 and 4554 then st_transform(delivered, 4490)
                               else st_transform(delivered, 4326) end, 4490)::geography) as before_m2,
       coalesce(parcel_area_m2(intake_place(intake_sound(shape.wkb, :srid::int, false), :edge::float8)), 0) as after_m2
from unnest(:wkb_from::int[], :wkb_bytes::int[]) with ordinality as given(wkb_from, wkb_bytes, place)
cross join lateral (select given.place, substring(:wkb::bytea from given.wkb_from for given.wkb_bytes) as wkb) as shape
cross join lateral st_geomfromwkb(shape.wkb, :srid::int) as delivered
order by shape.place
