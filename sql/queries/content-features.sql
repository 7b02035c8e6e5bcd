-- One row: of the polygons of a layer within a stretch of their numbers, the digests of all that is stored of each, one after the other.
select count(*)::int as row_count,
       coalesce(string_agg(sha256(convert_to(f.feature_no || '|' || row(f.name, f.number, f.class_code, f.planting,
           f.slope_class, f.measure, f.approval, f.dated, f.issue_source, f.attributes, f.faults, f.source_srid)::text, 'UTF8')
         || coalesce(f.source_wkb, '') || coalesce(st_asbinary(f.geom, 'NDR'), '')), '' order by f.feature_no), '') as digests
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no between :first::int and :last::int
