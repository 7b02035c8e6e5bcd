-- One row per parcel of the chunk in hand, with its shape (EPSG:4490) and area (m²). Inlined by the planner.
create or replace function chunk_parcel(region text, run uuid, first_no int, last_no int)
returns setof chunk_row
language sql stable as $$
  select * from chunk_row c where c.region_code = region and c.run_id = run and c.ordinal between first_no and last_no
$$;
