-- One row per unfinished chunk that is free again: that of one claim, or (null) of all, where nobody else can be at work on the run.
update run_chunk c
set claim = null, leased_until = null
where c.region_code = :region_code::text and c.run_id = :run_id::uuid and c.done_at is null
  and (:claim::uuid is null or c.claim = :claim::uuid)
