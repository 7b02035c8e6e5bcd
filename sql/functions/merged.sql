-- The union of parts of one parcel. Parts come in a fixed order, so that the same parts give the same digits.
-- any_whole: one part is the whole parcel; then the shape is the parcel's own and null stands for it.
create or replace function merged(parts geometry[], any_whole boolean)
returns geometry language sql immutable as $$
  select case
    when any_whole then null
    when array_length(parts, 1) = 1 then st_multi(parts[1])
    else united(parts)
  end
$$;
