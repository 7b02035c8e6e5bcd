-- Makes the decisions with these event numbers the newest of their flags.
insert into flag_review (region_code, project_code, parcel_id, check_id, geometry_hash, review_id, event_no, decision, batch_id, run_id,
                         result_id, outcome, figure_m2, problem_codes, evidence, places)
select r.region_code, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.review_id, r.event_no, r.decision, r.batch_id, r.run_id,
       r.result_id, r.outcome, r.figure_m2, r.problem_codes, evidence_key(r.evidence), evidence_places(r.evidence)
from review r
where r.region_code = :region_code::text and r.event_no between :first::int and :last::int
on conflict (region_code, project_code, parcel_id, check_id, geometry_hash) do update
set review_id = excluded.review_id, event_no = excluded.event_no, decision = excluded.decision, batch_id = excluded.batch_id,
    run_id = excluded.run_id, result_id = excluded.result_id, outcome = excluded.outcome, figure_m2 = excluded.figure_m2, problem_codes = excluded.problem_codes,
    evidence = excluded.evidence, places = excluded.places
