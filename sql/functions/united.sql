-- The union of shapes, polygons only; noded on the grid of common_part. Give them in a fixed order for the same digits.
create or replace function united(parts geometry[])
returns geometry language sql immutable as $$
  select st_multi(st_collectionextract(st_unaryunion(st_collect(parts), 1e-12), 3))
$$;
