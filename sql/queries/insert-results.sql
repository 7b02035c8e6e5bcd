-- One row per result of a chunk that did not stand yet; one that stands is the same, and has its findings and pieces.
insert into result (region_code, result_id, area_m2, verdict, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2, net, outcomes, failed_m2)
select :region_code::text, r.result_id, r.area_m2, r.verdict, r.deduct_area_m2, r.restore_area_m2, r.remediate_area_m2, r.kept_area_m2, r.kept_unverified_area_m2, r.net,
       r.outcomes, r.failed_m2::float8[]
from unnest(:result_id::uuid[], :area_m2::float8[], :verdict::text[], :deduct_area_m2::float8[], :restore_area_m2::float8[],
  :remediate_area_m2::float8[], :kept_area_m2::float8[], :kept_unverified_area_m2::float8[], :net::jsonb[], :outcomes::text[], :failed_m2::text[])
  as r (result_id, area_m2, verdict, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2, net, outcomes, failed_m2)
on conflict do nothing
returning result_id::text as result_id
