-- One row per parcel of a batch; its shape repaired where it had to be and placed in EPSG:4490, its area that of the stored shape.
-- The declared figures go in as written; their unit is decided when all parcels are in.
with delivered as (
  select *
  from unnest(
    :ordinal::int[], :parcel_id::text[], :client_id::text[], :project_code::text[], :project_name::text[], :township::text[],
    :declared_area::float8[], :declared_net::float8[], :plot_type::text[], :accepted_on::date[], :start_year::int[],
    :target_class::text[], :grade::text[], :capacity_kg::float8[], :source_file::text[], :source_row::int[],
    :attributes::jsonb[], :faults::jsonb[], :wkb_from::int[], :wkb_bytes::int[], :sound::boolean[], :source_wkb::bytea[]
  ) as d(
    ordinal, parcel_id, client_id, project_code, project_name, township, declared_area_m2, declared_net_m2, plot_type,
    accepted_on, start_year, target_class, grade, capacity_kg, source_file, source_row, attributes, faults, wkb_from, wkb_bytes, sound,
    source_wkb
  )
), placed as materialized (
  select d.*, intake_place(intake_sound(substring(:wkb::bytea from d.wkb_from for d.wkb_bytes), :srid::int, d.sound), :edge::float8) as geom
  from delivered d
)
insert into parcel (
  region_code, parcel_set_id, ordinal, parcel_id, client_id, project_code, project_name, township, declared_area_m2,
  declared_net_m2, plot_type, accepted_on, start_year, target_class, grade, capacity_kg, source_file, source_row, attributes,
  faults, source_wkb, source_srid, geom, geometry_hash, area_m2
)
select :region_code::text, :parcel_set_id::uuid, ordinal, parcel_id, client_id, project_code, project_name, township,
       declared_area_m2, declared_net_m2, plot_type, accepted_on, start_year, target_class, grade, capacity_kg, source_file,
       source_row, attributes,
       case when wkb_bytes is not null and geom is null and not faults @> '[{"code": "empty-shape"}]'
            then faults || '[{"code": "empty-shape", "message": "修复后没有面积", "message_en": "Nothing is left of it when repaired", "lon": null, "lat": null}]'
            else faults end,
       source_wkb, case when source_wkb is not null then :srid::int end, geom,
       case when geom is null then 'empty' else md5(st_asbinary(geom)) end,
       coalesce(parcel_area_m2(geom), 0)
from placed
