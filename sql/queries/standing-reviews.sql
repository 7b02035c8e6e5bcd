-- One row per decision asked for, as it is told to one who did not see it.
select r.review_id, r.decision, r.measure, r.reason, r.person_id, r.person_name, r.decided_at
from review r
where r.region_code = :region_code::text and r.review_id = any (:review_ids::uuid[])
