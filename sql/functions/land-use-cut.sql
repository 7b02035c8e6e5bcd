-- One row per part of a parcel under one land-use polygon that has a class (an empty class is unknown, CONTRACT §3.1).
create or replace function land_use_cut(region text, run uuid, ordinals int[], layers uuid[])
returns setof cut
language sql stable as $$
  select * from cut c
  where c.region_code = region and c.run_id = run and c.ordinal = any (ordinals) and c.layer_id = any (layers) and c.class_code <> ''
$$;
