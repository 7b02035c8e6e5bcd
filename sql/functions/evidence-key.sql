-- The same evidence is the same key, whatever its layers are called.
create or replace function evidence_key(evidence jsonb)
returns text language sql immutable as $$
  select coalesce(string_agg(e.layer ->> 'content_sha256', ',' order by e.layer ->> 'content_sha256' collate "C"), '')
  from jsonb_array_elements(evidence) as e(layer)
$$;
