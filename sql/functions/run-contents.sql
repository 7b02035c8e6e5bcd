-- The layers of a run as findings name them (checks/places.ts): [{place, type, layer_id, content_sha256}].
create or replace function run_contents(region text, of_run uuid)
returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'place', n.type || '@' || coalesce(n.year::text, '') || '#' || n.place_no, 'type', n.type, 'layer_id', n.layer_id,
    'content_sha256', n.content)), '[]')
  from (
    select l.type, l.year, l.layer_id, coalesce(l.content_sha256, l.sha256) as content,
           row_number() over (partition by l.type, l.year order by l.layer_id) - 1 as place_no
    from run_layer r
    join layer l on l.region_code = r.region_code and l.layer_id = r.layer_id
    where r.region_code = region and r.run_id = of_run
  ) n
$$;
