-- One row: of the parcels of a set within a stretch of places, the digests of all that is stored of each, one after the other.
select count(*)::int as row_count,
       coalesce(string_agg(sha256(convert_to(p.ordinal || '|' || row(p.parcel_id, p.client_id, p.project_code, p.project_name,
           p.township, p.declared_area_m2, p.declared_net_m2, p.plot_type, p.accepted_on, p.pending, p.start_year, p.target_class, p.grade,
           p.capacity_kg, p.source_file, p.source_row, p.attributes, p.faults, p.source_srid, p.geometry_hash, p.area_m2)::text, 'UTF8')
         || coalesce(p.source_wkb, '') || coalesce(st_asbinary(p.geom, 'NDR'), '')), '' order by p.ordinal), '') as digests
from parcel p
where p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and p.ordinal between :first::int and :last::int
