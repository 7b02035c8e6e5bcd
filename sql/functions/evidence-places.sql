-- Layers as run_contents or evidence_of give them, by place alone: {place: content_sha256}.
create or replace function evidence_places(layers jsonb)
returns jsonb language sql immutable as $$
  select coalesce(jsonb_object_agg(e.layer ->> 'place', e.layer ->> 'content_sha256'), '{}') from jsonb_array_elements(layers) as e(layer)
$$;
