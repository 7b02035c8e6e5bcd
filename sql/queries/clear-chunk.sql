-- One row per parcel of the chunk in hand: work that outlives no chunk.
delete from chunk_row
where region_code = :region_code::text and run_id = :run_id::uuid and ordinal between :first::int and :last::int
