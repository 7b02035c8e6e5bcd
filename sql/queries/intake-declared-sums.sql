-- One row: the sums over a set by which the unit of its declared areas is decided; each computed sum is of the parcels that have that figure and a shape.
select coalesce(sum(area_m2 order by ordinal), 0) as area_m2,
       coalesce(sum(declared_area_m2 order by ordinal) filter (where area_m2 > 0), 0) as gross_declared,
       coalesce(sum(area_m2 order by ordinal) filter (where declared_area_m2 is not null), 0) as gross_computed,
       coalesce(sum(declared_net_m2 order by ordinal) filter (where area_m2 > 0), 0) as net_declared,
       coalesce(sum(area_m2 order by ordinal) filter (where declared_net_m2 is not null), 0) as net_computed
from parcel
where region_code = :region_code::text and parcel_set_id = :parcel_set_id::uuid
