-- One row per check of a parcel of an indexed run on which a decision was ever made: the newest, and what of it is stale in this run.
select d.ordinal, d.check_id, d.stale_geometry, d.stale_layer, d.stale_figure, r.review_id, r.decision, r.measure, r.measure_chosen, r.reason,
       r.person_id, r.person_name, r.decided_at,
       (select count(*)::int from review_attachment t where t.region_code = r.region_code and t.review_id = r.review_id) as attachment_count
from decided_flags(:region_code::text, :run_id::uuid) d
join review r on r.region_code = :region_code::text and r.review_id = d.review_id
where d.ordinal = any (:ordinals::int[])
