-- One row per parcel whose net figure is no plausible share of its gross one (of the computed area where no gross one was declared).
select source_row, source_file
from parcel
where region_code = :region_code::text and parcel_set_id = :parcel_set_id::uuid
  and declared_net_m2 is not null and coalesce(declared_area_m2, area_m2) > 0
  and not (declared_net_m2 / coalesce(declared_area_m2, area_m2) between :low::float8 and :high::float8)
order by ordinal
