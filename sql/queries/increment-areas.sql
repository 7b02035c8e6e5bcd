-- One row per polygon asked for that has a shape: its m² on the ellipsoid.
select f.feature_no, parcel_area_m2(f.geom) as area_m2
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no = any(:feature_no::int[]) and f.geom is not null
order by f.feature_no
