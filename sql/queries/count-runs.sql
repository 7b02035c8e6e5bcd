-- One row: how many runs the same filters match.
select count(*)::int as matched
from run r
where (:region_code::text is null or r.region_code = :region_code::text) and (:state::text is null or r.state = :state::text)
