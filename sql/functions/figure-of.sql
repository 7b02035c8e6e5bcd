-- The figure that a finding stands on, m²: its area, of area-mismatch what was declared less what was computed.
create or replace function figure_of(area_m2 float8, detail jsonb)
returns float8 language sql immutable as $$
  select coalesce(area_m2, (detail ->> 'difference_m2')::float8)
$$;
