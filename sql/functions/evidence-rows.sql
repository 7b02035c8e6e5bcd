-- One row per layer that a finding rests on: those its hits name, the raster of a slope, the levelling that a parcel lies outside of, the
-- county it lies outside of. contents is what run_contents gives of its run.
create or replace function evidence_rows(of_check text, detail jsonb, contents jsonb)
returns table (place text, layer_id text, content_sha256 text) language sql immutable as $$
  select c.place, c.layer_id, c.content_sha256
  from jsonb_to_recordset(contents) as c(place text, type text, layer_id text, content_sha256 text)
  where c.place in (
      select h.hit ->> 'layer_id'
      from jsonb_array_elements(case jsonb_typeof(detail -> 'hits') when 'array' then detail -> 'hits' else '[]' end) as h(hit))
    or (of_check = 'steep-slope' and c.type = detail ->> 'source')
    or (of_check = 'no-levelling' and c.type = 'levelling')
    or (of_check = 'parcel-geometry' and c.type = 'boundary' and detail -> 'problems' @> '[{"code": "outside-boundary"}]')
$$;
