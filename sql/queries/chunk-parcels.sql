-- One row per parcel of a chunk, in order: what checks ask of it, its shape as WKB in degrees and, for a raster, in the raster's plane.
select rr.ordinal, p.parcel_set_id::text as parcel_set_id, p.ordinal as parcel_ordinal, own.ordinal as set_no, p.parcel_id, p.project_code, p.project_name,
       p.plot_type, p.accepted_on::text as accepted_on, p.pending, p.declared_area_m2, p.declared_net_m2, p.faults, p.area_m2,
       p.parcel_set_id = any (:replaced::uuid[])
         or (:several_sets::boolean and filed_anew(p.region_code, rr.run_id, own.ordinal, p.project_code, p.parcel_id)) as filed_anew,
       case when p.area_m2 > 0 then st_asbinary(p.geom, 'NDR') end as shape,
       case when p.area_m2 > 0 and :raster_srid::int is not null then st_asbinary(st_transform(p.geom, :raster_srid::int), 'NDR') end as in_raster
from run_result rr
join run_set own on own.region_code = rr.region_code and own.run_id = rr.run_id and own.parcel_set_id = rr.parcel_set_id
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int and (:again::boolean or rr.result_id is null)
order by rr.ordinal
