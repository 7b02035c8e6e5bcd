-- What of a parcel lies under some masks and under none of some others; the masks are parts of it. Of no mask in `plus` all of it is taken.
-- Only those are named in `minus` that have something in common with the rest, so that nothing is cut that is apart already.
create or replace function way_shape(parcel geometry, masks geometry[], plus int[], minus int[])
returns geometry language plpgsql immutable as $$
declare
  shape geometry := coalesce(masks[plus[1]], parcel);
begin
  for i in 2 .. coalesce(array_length(plus, 1), 0) loop
    shape := common_part(shape, masks[plus[i]]);
  end loop;
  if array_length(minus, 1) = 1 then
    shape := rest_of(shape, masks[minus[1]]);
  elsif array_length(minus, 1) > 1 then
    shape := rest_of(shape, united(array(select masks[no] from unnest(minus) no order by no)));
  end if;
  return shape;
end
$$
