-- One row per layer that a dead writer left unfinished, now claimed by the sweep.
update layer set claim = :token::uuid, state = 'loading', touched_at = now()
where state <> 'ready' and touched_at <= now() - make_interval(secs => :dead_after_s::float8)
returning region_code, layer_id as id
