-- One row per project of one version of a register, by code.
select p.project_code, p.project_name, p.township, p.started_on::text as started_on, p.start_document, p.accepted_on::text as accepted_on,
       p.acceptance_document, p.certificate_no, p.certified_area_m2, p.certified_paddy_m2, p.certified_capacity_kg, p.status, p.row_no
from project p
where p.region_code = :region_code::text and p.register_id = :register_id::uuid
order by p.project_code
