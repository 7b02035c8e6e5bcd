-- One row per polygon of a layer's batch; its shape repaired where it had to be and placed in EPSG:4490.
with delivered as (
  select *
  from unnest(
    :feature_no::int[], :name::text[], :number::text[], :class_code::text[], :planting::text[], :slope_class::int[],
    :measure::text[], :approval::text[], :dated::date[], :issue_source::text[], :attributes::jsonb[], :faults::jsonb[],
    :wkb_from::int[], :wkb_bytes::int[], :sound::boolean[], :source_wkb::bytea[]
  ) as d(
    feature_no, name, number, class_code, planting, slope_class, measure, approval, dated, issue_source, attributes, faults,
    wkb_from, wkb_bytes, sound, source_wkb
  )
)
insert into layer_feature (
  region_code, layer_id, feature_no, name, number, class_code, planting, slope_class, measure, approval, dated, issue_source,
  attributes, faults, source_wkb, source_srid, geom
)
select :region_code::text, :layer_id::uuid, feature_no, name, number, class_code, planting, slope_class, measure, approval,
       dated, issue_source, attributes, faults, source_wkb, case when source_wkb is not null then :srid::int end,
       intake_place(intake_sound(substring(:wkb::bytea from wkb_from for wkb_bytes), :srid::int, sound), :edge::float8)
from delivered
