-- One row: the chunk of the run that is the caller's from now on (nulls where none is free, or no claim is given), the run's state, and the
-- parcels done and left.
with free as materialized (
  select c.first_ordinal
  from run_chunk c
  where :claim::uuid is not null and c.region_code = :region_code::text and c.run_id = :run_id::uuid and c.done_at is null
    -- the same claim again: the answer to the first was lost
    and (c.leased_until is null or c.leased_until < now() or c.claim = :claim::uuid)
    and exists (
      select from run r where r.region_code = :region_code::text and r.run_id = :run_id::uuid and r.state = 'running')
  order by c.first_ordinal
  limit 1
  for update of c skip locked
), claimed as (
  update run_chunk c
  set claim = :claim::uuid, leased_until = now() + make_interval(secs => :lease_s::float8)
  from free
  where c.region_code = :region_code::text and c.run_id = :run_id::uuid and c.first_ordinal = free.first_ordinal
  returning c.first_ordinal, c.last_ordinal
)
select claimed.first_ordinal as first, claimed.last_ordinal as last, r.state, told.done, told.left
from run r
cross join lateral (
  select coalesce(sum(c.last_ordinal - c.first_ordinal + 1) filter (where c.done_at is not null), 0)::int as done,
         coalesce(sum(c.last_ordinal - c.first_ordinal + 1) filter (where c.done_at is null), 0)::int as left
  from run_chunk c
  where c.region_code = :region_code::text and c.run_id = :run_id::uuid
) told
left join claimed on true
where r.region_code = :region_code::text and r.run_id = :run_id::uuid
