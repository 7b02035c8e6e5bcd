-- One row: how many versions of project registers the same filters match.
select count(*)::int as matched
from project_register r
where :region_code::text is null or r.region_code = :region_code::text
