-- One row: how many parcel sets that are ready the same filters match.
select count(*)::int as matched
from parcel_set s
where s.state = 'ready' and (:region_code::text is null or s.region_code = :region_code::text)
