-- One measured row per parcel: declared against computed area. A net figure alone (net of 田坎) can only be too large.
insert into measured (region_code, run_id, ordinal, check_id, outcome, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'area-mismatch',
       case
         when p.declared_area_m2 is null and p.declared_net_m2 is null then 'not_applicable'
         when p.declared_area_m2 is not null and abs(p.declared_area_m2 - p.area_m2) > t.tolerance then 'fail'
         when p.declared_area_m2 is null and p.declared_net_m2 - p.area_m2 > t.tolerance then 'fail'
         else 'pass'
       end,
       jsonb_build_object('declared_area_m2', p.declared_area_m2, 'difference_m2', p.declared_area_m2 - p.area_m2)
         || case when p.declared_net_m2 is null then '{}'
                 else jsonb_build_object('declared_net_m2', p.declared_net_m2,
                        'net_ratio', case when p.area_m2 > 0 then p.declared_net_m2 / p.area_m2 end,
                        'net_ratio_low', p.area_m2 > 0 and p.declared_net_m2 / p.area_m2 < 0.85) end
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
cross join lateral (select greatest(:tolerance_m2::float8, :tolerance_share::float8 * p.area_m2) as tolerance) t
