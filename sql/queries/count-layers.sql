-- One row: how many layers that are ready the same filters match.
select count(*)::int as matched
from layer l
where l.state = 'ready'
  and (:type::text is null or l.type = :type::text)
  and (:region_code::text is null or l.region_code = :region_code::text)
