-- One row per part of a parcel of the chunk under one polygon of the layers.
create or replace function polygon_cut(region text, run uuid, first_no int, last_no int, layers uuid[])
returns setof cut
language sql stable as $$
  select * from cut c where c.region_code = region and c.run_id = run and c.ordinal between first_no and last_no and c.layer_id = any (layers)
$$;
