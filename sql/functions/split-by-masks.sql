-- Cuts one shape by overlapping masks into parts that do not overlap, each with the places (in the array) of the masks that cover it.
-- One row per part covered by at least one mask. A null mask covers the whole shape. A part cut away is kept as the difference,
-- so that nothing is lost between them. With no mask that is only partly there, nothing need be cut.
create or replace function split_by_masks(shape geometry, masks geometry[])
returns table (covered_by int[], geom geometry)
language plpgsql immutable as $$
declare
  parts geometry[] := array[shape];
  -- for each part the places of its masks, as text: an array of arrays of different lengths there is not
  labels text[] := array[''];
  next_parts geometry[];
  next_labels text[];
  inside geometry;
  outside geometry;
begin
  for m in 1 .. coalesce(array_length(masks, 1), 0) loop
    if masks[m] is null then
      for i in 1 .. array_length(parts, 1) loop
        labels[i] := labels[i] || ',' || m;
      end loop;
      continue;
    end if;
    next_parts := '{}';
    next_labels := '{}';
    for i in 1 .. array_length(parts, 1) loop
      -- the first mask was cut out of the shape already
      inside := case when labels[i] = '' and array_length(parts, 1) = 1 then masks[m]
                     when st_intersects(parts[i], masks[m]) then common_part(parts[i], masks[m]) end;
      if inside is null or st_isempty(inside) then
        next_parts := next_parts || parts[i];
        next_labels := next_labels || labels[i];
        continue;
      end if;
      next_parts := next_parts || inside;
      next_labels := next_labels || (labels[i] || ',' || m);
      -- what no mask covers is not asked for
      outside := case when labels[i] <> '' or m < array_length(masks, 1) then rest_of(parts[i], masks[m]) end;
      if not st_isempty(outside) then
        next_parts := next_parts || outside;
        next_labels := next_labels || labels[i];
      end if;
    end loop;
    parts := next_parts;
    labels := next_labels;
  end loop;
  for i in 1 .. array_length(parts, 1) loop
    if labels[i] <> '' then
      covered_by := string_to_array(ltrim(labels[i], ','), ',')::int[];
      geom := parts[i];
      return next;
    end if;
  end loop;
end
$$;
