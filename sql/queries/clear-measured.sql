-- One row per measured row of the chunk in hand: work that outlives no chunk.
delete from measured
where region_code = :region_code::text and run_id = :run_id::uuid and ordinal between :first::int and :last::int
