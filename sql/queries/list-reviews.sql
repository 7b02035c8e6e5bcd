-- One decision, newest first; place is what the next page starts after. Filters are null where not asked for. With a run: the decisions that
-- its flags carry, and what of each is stale there.
select r.region_code, r.review_id, r.event_no, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.decision, r.measure, r.measure_chosen,
       r.reason, r.person_id, r.person_name, r.decided_at, r.supersedes, r.superseded_by, r.batch_id, r.run_id, r.result_id, r.outcome,
       r.figure_m2, r.evidence, r.attachments, r.decided_at::text as place, d.stale_geometry, d.stale_layer, d.stale_figure
from (
  select a.region_code, a.review_id, a.decided_at, a.stale_geometry, a.stale_layer, a.stale_figure
  from reviews_asked(:region_code::text, :parcel_id::text, :project_code::text, :check_id::text, :person_id::uuid, :batch_id::uuid,
                     :run_region::text, :run_id::uuid, :current::boolean, :state::text) a
  where (:review_id::uuid is null or a.review_id = :review_id::uuid)
    and (:after_at::timestamptz is null or (a.decided_at, a.review_id, a.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
  order by a.decided_at desc, a.review_id desc, a.region_code desc
  limit :limit::int
) d
join review_record r on r.region_code = d.region_code and r.review_id = d.review_id
order by d.decided_at desc, d.review_id desc, d.region_code desc
