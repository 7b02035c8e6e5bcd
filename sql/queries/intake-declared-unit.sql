-- One row per parcel of a portion: its declared figures brought to m². A unit is a fraction (亩 = 2000/3 m²), multiplied first.
update parcel
set declared_area_m2 = declared_area_m2 * :gross_times::float8 / :gross_over::float8,
    declared_net_m2 = declared_net_m2 * :net_times::float8 / :net_over::float8
where region_code = :region_code::text and parcel_set_id = :parcel_set_id::uuid and ordinal between :first::int and :last::int
