-- The polygons of one delivered shape, in the plane it came in: as it is where it is sound, repaired where it is not.
-- Rings in normal order (start, direction), so that the same shape drawn otherwise is stored with the same digits.
-- No invalid shape ever meets an overlay: the embedded engine answers one with nothing at all.
create or replace function intake_sound(wkb bytea, srid int, sound boolean) returns geometry
language plpgsql immutable parallel safe strict
as $$
declare
  delivered geometry := st_geomfromwkb(wkb, srid);
begin
  if not sound then
    delivered := st_collectionextract(st_makevalid(delivered, 'method=structure keepcollapsed=false'), 3);
  end if;
  return st_normalize(st_multi(delivered));
end
$$
