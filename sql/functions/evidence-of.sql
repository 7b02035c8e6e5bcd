-- The layers that a finding rests on, [{place, layer_id, content_sha256}], ordered by content.
create or replace function evidence_of(of_check text, detail jsonb, contents jsonb)
returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object('place', e.place, 'layer_id', e.layer_id, 'content_sha256', e.content_sha256)
                            order by e.content_sha256 collate "C", e.layer_id), '[]')
  from evidence_rows(of_check, detail, contents) e
$$;
