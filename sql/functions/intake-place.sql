-- A sound shape in EPSG:4490. Its edges are straight in the plane of delivery, so those longer than `edge` (70 m, in the
-- units of the plane; 国土调查 area rule, DOMAIN §1.7) get points there before the change; null where nothing of it is left.
-- WGS 84 is taken as equal to CGCS2000 (under 1 m, CONTRACT §3.1), so its systems go to 4326 and are renamed, never shifted.
create or replace function intake_place(shape geometry, edge float8) returns geometry
language plpgsql immutable parallel safe strict
as $$
declare
  placed geometry := st_segmentize(shape, edge);
begin
  if st_srid(placed) between 4491 and 4554 then
    placed := st_transform(placed, 4490);
  elsif st_srid(placed) <> 4490 then
    placed := st_setsrid(st_transform(placed, 4326), 4490);
  end if;
  -- on the grid of common_part (1e-12°, 0.1 µm): versions of PROJ differ behind it, and two engines then store the same digits
  placed := st_snaptogrid(placed, 1e-12);
  -- points half a nanometre apart may change places in the transform
  if not st_isvalid(placed) then
    placed := st_normalize(st_multi(st_collectionextract(st_makevalid(placed, 'method=structure keepcollapsed=false'), 3)));
  end if;
  if st_isempty(placed) then
    return null;
  end if;
  return placed;
end
$$
