-- One row per mask row of the chunk in hand: work that outlives no chunk.
delete from mask
where region_code = :region_code::text and run_id = :run_id::uuid and ordinal between :first::int and :last::int
