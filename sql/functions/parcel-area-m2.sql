-- Area (m²) of a shape in EPSG:4490 on the CGCS2000 ellipsoid. The geodesic series takes differences of areas down to the equator and is
-- right to some 3e-5 m², other digits on other versions: of a plot of 14 m² that is 2e-6. Up to 1,000 m², whose edges are too short to bend
-- (1e-7 of it), the area in square degrees times the element a²(1 − e²) cos φ / (1 − e² sin² φ)² at its middle is better, and the same everywhere.
create or replace function parcel_area_m2(shape geometry) returns float8
language sql immutable parallel safe strict as $$
  select case when geodesic.area_m2 >= 1000 or st_ymax(shape) - st_ymin(shape) > 0.003 then geodesic.area_m2
              else st_area(shape) * 6378137.0::float8 ^ 2 * (1 - 0.006694380022900787::float8) * cosd(middle.lat)
                   / (1 - 0.006694380022900787::float8 * sind(middle.lat) ^ 2) ^ 2 * radians(1::float8) ^ 2 end
  from (select st_area(shape::geography) as area_m2) geodesic, (select st_y(st_centroid(shape)) as lat) middle
$$
