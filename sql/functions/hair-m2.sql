-- Area (m²) under which a part of a parcel is rounding of the overlay, not land. Two lines that are one in the plane of delivery get
-- their points of the 70 m rule at other places and bend apart by 0.05 mm in lon/lat: some 0.0015 m² on 100 m of a common edge.
-- Of a parcel under 100 m² a ten-thousandth, so that nothing of a small one goes unsaid; never under the rounding of an area (1e-4 m²).
create or replace function hair_m2(parcel_m2 float8) returns float8
language sql immutable parallel safe
as $$
  select greatest(1e-4, least(0.01, 1e-4 * parcel_m2))
$$;
