-- One row per cut row of the chunk in hand: work that outlives no chunk.
delete from cut
where region_code = :region_code::text and run_id = :run_id::uuid and ordinal between :first::int and :last::int
