-- What the first shape has beside the second, polygons only; noded on the grid of common_part.
create or replace function rest_of(a geometry, b geometry)
returns geometry language sql immutable as $$
  select st_multi(st_collectionextract(st_difference(a, b, 1e-12), 3))
$$;
