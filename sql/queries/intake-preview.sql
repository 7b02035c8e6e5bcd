-- One row per parcel of the first ten of a set that is being received, as it would be stored; a shape of more than 5,000 vertices is not shown.
select p.ordinal, p.source_file, p.source_row, p.parcel_id, p.project_code, p.project_name, p.township, p.plot_type, p.accepted_on::text as accepted_on,
       p.declared_area_m2, p.declared_net_m2, p.area_m2, p.attributes,
       case when st_npoints(p.geom) <= 5000 then st_asgeojson(p.geom, 9, 0)::jsonb end as geometry
from parcel p
where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal <= 10
order by p.ordinal
