-- One row per finding of the results that are new.
insert into finding (region_code, result_id, check_id, outcome, reason, measure, area_m2, share, unknown_area_m2, detail)
select :region_code::text, f.*
from unnest(:result_id::uuid[], :check_id::text[], :outcome::text[], :reason::text[], :measure::text[], :area_m2::float8[], :share::float8[],
  :unknown_area_m2::float8[], :detail::jsonb[]) as f
