-- One row per result of a chunk that did not stand yet; one that stands is the same, and has its findings and pieces.
insert into result (region_code, result_id, area_m2, verdict, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2, net)
select :region_code::text, r.*
from unnest(:result_id::uuid[], :area_m2::float8[], :verdict::text[], :deduct_area_m2::float8[], :restore_area_m2::float8[],
  :remediate_area_m2::float8[], :kept_area_m2::float8[], :kept_unverified_area_m2::float8[], :net::jsonb[]) as r
on conflict do nothing
returning result_id::text as result_id
