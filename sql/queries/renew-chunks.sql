-- One row per chunk that the caller holds: its lease counts from now.
update run_chunk c
set leased_until = now() + make_interval(secs => :lease_s::float8)
where c.region_code = :region_code::text and c.run_id = :run_id::uuid and c.claim = any (:claims::uuid[]) and c.done_at is null
