-- What two shapes (degrees) have in common, polygons only. All overlays are noded on a grid of 1e-12° (0.1 µm): without one GEOS tries
-- floating noding first and mends its failures by exceptions, which end the embedded engine; near-coincident edges, the rule among
-- survey layers, are what fails. The grid costs nothing measurable (2,463 intersections: 1.88 s with, 1.86 s without).
create or replace function common_part(a geometry, b geometry)
returns geometry language sql immutable as $$
  select st_multi(st_collectionextract(st_intersection(a, b, 1e-12), 3))
$$;
