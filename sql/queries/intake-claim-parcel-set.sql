-- One row where the set is now this writer's to fill: it was not there, or its writer is dead (no touch for dead_after_s seconds).
insert into parcel_set (region_code, parcel_set_id, claim, name, file_name, sha256, replaces)
values (:region_code::text, :id::uuid, :token::uuid, :name::text, :file_name::text, :sha256::text, :replaces::jsonb)
on conflict (region_code, parcel_set_id) do update set claim = excluded.claim, state = 'loading', touched_at = now()
where parcel_set.state <> 'ready' and parcel_set.touched_at < now() - make_interval(secs => :dead_after_s::float8)
returning state
