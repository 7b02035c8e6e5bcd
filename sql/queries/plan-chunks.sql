-- One row per chunk of a run that has none yet: the parcels without a result, so many at a time. A run taken up again keeps its chunks,
-- whatever size is in force then. Parcels between them that have their result already are passed over.
insert into run_chunk (region_code, run_id, first_ordinal, last_ordinal)
select :region_code::text, :run_id::uuid, min(missing.ordinal), max(missing.ordinal)
from (
  select rr.ordinal, (row_number() over (order by rr.ordinal) - 1) / :size::int as chunk_no
  from run_result rr
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.result_id is null
) missing
where not exists (
  select from run_chunk c where c.region_code = :region_code::text and c.run_id = :run_id::uuid)
group by missing.chunk_no
