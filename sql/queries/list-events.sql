-- One event of a county in the order they happened, from after a number on. Numbers have no gaps: what is missing after the last has not happened.
select r.region_code, r.review_id, r.event_no, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.decision, r.measure, r.measure_chosen,
       r.reason, r.person_id, r.person_name, r.decided_at, r.supersedes, r.superseded_by, r.batch_id, r.run_id, r.result_id, r.outcome,
       r.figure_m2, r.evidence, r.attachments
from review_record r
where r.region_code = :region_code::text and r.event_no > :after::int
order by r.event_no
limit :limit::int
