-- One row: how many of the results have a finding of every check.
select count(*)::int as complete
from (
  select f.result_id
  from finding f
  where f.region_code = :region_code::text and f.result_id = any (:result_id::uuid[])
  group by f.result_id
  having count(*) = :check_count::int
) whole
