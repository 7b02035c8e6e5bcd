-- Adds decisions, one for each element of rows, whose fields are the columns.
insert into review (region_code, review_id, event_no, project_code, parcel_id, check_id, geometry_hash, decision, measure, measure_chosen,
                    reason, person_id, person_name, supersedes, batch_id, run_id, result_id, outcome, figure_m2, problem_codes, evidence)
select :region_code::text, r.review_id, r.event_no, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.decision, r.measure,
       r.measure_chosen, r.reason, :person_id::uuid, :person_name::text, r.supersedes, :batch_id::uuid, r.run_id, r.result_id, r.outcome,
       r.figure_m2, r.problem_codes, r.evidence
from jsonb_to_recordset(:rows::jsonb) as r(
  review_id uuid, event_no int, project_code text, parcel_id text, check_id text, geometry_hash text, decision text, measure text,
  measure_chosen boolean, reason text, supersedes uuid, run_id uuid, result_id uuid, outcome text, figure_m2 float8, problem_codes text,
  evidence jsonb)
