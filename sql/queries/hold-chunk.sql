-- One row where the chunk is still the caller's and its run goes on; none: what the transaction wrote must not stand.
update run_chunk c
set done_at = case when :done::boolean then now() end
where c.region_code = :region_code::text and c.run_id = :run_id::uuid and c.first_ordinal = :first::int
  and c.claim = :claim::uuid and c.done_at is null
  and exists (
    select from run r where r.region_code = :region_code::text and r.run_id = :run_id::uuid and r.state = 'running')
