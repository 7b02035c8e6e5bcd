-- One row per set that a dead writer left unfinished, now claimed by the sweep.
update parcel_set set claim = :token::uuid, state = 'loading', touched_at = now()
where state <> 'ready' and touched_at <= now() - make_interval(secs => :dead_after_s::float8)
returning region_code, parcel_set_id as id
