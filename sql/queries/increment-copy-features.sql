-- One row per polygon of the base within a stretch of numbers that is not left out: copied as it is, numbered on from `before`.
insert into layer_feature (
  region_code, layer_id, feature_no, name, number, class_code, planting, slope_class, measure, approval, dated, issue_source,
  attributes, faults, source_wkb, source_srid, geom
)
select f.region_code, :layer_id::uuid, :before::int + row_number() over (order by f.feature_no)::int, f.name, f.number, f.class_code,
       f.planting, f.slope_class, f.measure, f.approval, f.dated, f.issue_source, f.attributes, f.faults, f.source_wkb, f.source_srid,
       f.geom
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :base_id::uuid and f.feature_no between :first::int and :last::int
  and f.feature_no <> all(:left_out::int[])
