-- One row per parcel of the chunk, copied beside the work so that checks need not look it up again.
insert into chunk_row (region_code, run_id, ordinal, parcel_set_id, parcel_ordinal, result_id, parcel_id, project_code, township, plot_type,
  accepted_on, pending, declared_area_m2, declared_net_m2, faults, geometry_hash, area_m2, geom)
select rr.region_code, rr.run_id, rr.ordinal, p.parcel_set_id, p.ordinal, result_id(:evidence::text, p.parcel_set_id, p.ordinal),
       p.parcel_id, p.project_code, p.township, p.plot_type, p.accepted_on, p.pending, p.declared_area_m2, p.declared_net_m2, p.faults,
       p.geometry_hash, p.area_m2, p.geom
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int
