-- One row per project of a version of a register that is being stored.
insert into project (region_code, register_id, project_code, project_name, township, started_on, start_document, accepted_on, acceptance_document,
  certificate_no, certified_area_m2, certified_paddy_m2, certified_capacity_kg, status, row_no)
select :region_code::text, :register_id::uuid, r.*
from unnest(:project_code::text[], :project_name::text[], :township::text[], :started_on::date[], :start_document::text[], :accepted_on::date[],
  :acceptance_document::text[], :certificate_no::text[], :certified_area_m2::float8[], :certified_paddy_m2::float8[],
  :certified_capacity_kg::float8[], :status::text[], :row_no::int[]) as r
