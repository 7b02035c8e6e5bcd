-- One row: the places of the parcels of an indexed run that the filters match, in order, four bytes each. Filters are null where not asked for.
select coalesce(string_agg(int4send(r.ordinal), '' order by r.ordinal), '') as ordinals
from run_rows_asked(
  :region_code::text, :run_id::uuid, :check_ids::text[], :check_mask::int, :verdict::text, :outcome::text, :state::text, :project_code::text,
  :township::text, :area_min::float8, :area_max::float8, :q::text, :west::float8, :south::float8, :east::float8, :north::float8) r
