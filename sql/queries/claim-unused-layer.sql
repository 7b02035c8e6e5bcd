-- One row per county of a layer that no run refers to and that was ready: nobody but the holder of the token sees it from now on.
update layer l
set state = 'loading', claim = :token::uuid, touched_at = now()
where l.layer_id = :layer_id::uuid and l.state = 'ready' and not exists (select from run_layer r where r.layer_id = l.layer_id)
returning l.region_code
