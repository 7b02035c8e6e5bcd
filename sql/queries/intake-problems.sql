-- One row per problem of a shape in a set that is being received, in upload order, with the number of all of them.
select p.source_file, p.source_row, p.parcel_id, f.fault, count(*) over ()::int as problem_count
from parcel p
cross join lateral jsonb_array_elements(p.faults) with ordinality as f (fault, place)
where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid
order by p.ordinal, f.place
limit :limit::int
