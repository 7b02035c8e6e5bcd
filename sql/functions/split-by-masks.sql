-- Cuts one shape by overlapping masks into parts that do not overlap, each with the places (in the arrays) of the masks that cover it.
-- One row per part covered by at least one mask. A null mask covers the whole shape. A part cut away is kept as the difference,
-- so that nothing is lost between them.
create or replace function split_by_masks(shape geometry, masks geometry[])
returns table (covered_by int[], geom geometry)
language plpgsql immutable as $$
declare
  parts geometry[] := array[shape];
  labels jsonb := '[[]]';
  next_parts geometry[];
  next_labels jsonb;
  inside geometry;
  outside geometry;
  everywhere int[] := '{}';
begin
  for m in 1 .. coalesce(array_length(masks, 1), 0) loop
    if masks[m] is null then
      everywhere := everywhere || m;
      continue;
    end if;
    next_parts := '{}';
    next_labels := '[]';
    for i in 1 .. array_length(parts, 1) loop
      inside := case when st_intersects(parts[i], masks[m]) then common_part(parts[i], masks[m]) end;
      if inside is null or st_isempty(inside) then
        next_parts := next_parts || parts[i];
        next_labels := next_labels || jsonb_build_array(labels -> (i - 1));
        continue;
      end if;
      next_parts := next_parts || inside;
      next_labels := next_labels || jsonb_build_array((labels -> (i - 1)) || to_jsonb(m));
      outside := rest_of(parts[i], masks[m]);
      if not st_isempty(outside) then
        next_parts := next_parts || outside;
        next_labels := next_labels || jsonb_build_array(labels -> (i - 1));
      end if;
    end loop;
    parts := next_parts;
    labels := next_labels;
  end loop;
  for i in 1 .. array_length(parts, 1) loop
    covered_by := array(select x::int from jsonb_array_elements_text(labels -> (i - 1)) as t (x)) || everywhere;
    geom := parts[i];
    if cardinality(covered_by) > 0 then
      return next;
    end if;
  end loop;
end
$$;
