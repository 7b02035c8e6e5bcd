-- One row where the layer is now this writer's to fill: it was not there, or its writer is dead (no touch for dead_after_s seconds).
insert into layer (region_code, layer_id, claim, type, year, name, file_name, sha256, source, code_system)
values (:region_code::text, :id::uuid, :token::uuid, :type::text, :year::int, :name::text, :file_name::text, :sha256::text, :source::text, :code_system::text)
on conflict (region_code, layer_id) do update set claim = excluded.claim, state = 'loading', touched_at = now()
where layer.state <> 'ready' and layer.touched_at < now() - make_interval(secs => :dead_after_s::float8)
returning state
