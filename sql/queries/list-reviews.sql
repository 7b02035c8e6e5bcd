-- One decision, newest first; place is what the next page starts after. Filters are null where not asked for. With a run: the decisions that
-- its flags carry, and what of each is stale there.
select r.region_code, r.review_id, r.event_no, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.decision, r.measure, r.measure_chosen,
       r.reason, r.person_id, r.person_name, r.decided_at, r.supersedes, r.superseded_by, r.batch_id, r.run_id, r.result_id, r.outcome,
       r.figure_m2, r.evidence, r.attachments, r.decided_at::text as place, d.stale_geometry, d.stale_layer, d.stale_figure
from review_record r
left join (
  select distinct on (f.review_id) f.review_id, f.stale_geometry, f.stale_layer, f.stale_figure
  from decided_flags(:run_region::text, :run_id::uuid) f
  order by f.review_id, f.ordinal
) d on d.review_id = r.review_id
where (:review_id::uuid is null or r.review_id = :review_id::uuid)
  and (:region_code::text is null or r.region_code = :region_code::text)
  and (:parcel_id::text is null or r.parcel_id = :parcel_id::text)
  and (:project_code::text is null or r.project_code = :project_code::text)
  and (:check_id::text is null or r.check_id = :check_id::text)
  and (:person_id::uuid is null or r.person_id = :person_id::uuid)
  and (:batch_id::uuid is null or r.batch_id = :batch_id::uuid)
  and (:run_id::uuid is null or d.review_id is not null)
  and (not :current::boolean or r.superseded_by is null)
  and (:state::text is null or case :state::text when 'stale' then d.stale_geometry or d.stale_layer or d.stale_figure
                                                 else r.decision = :state::text and r.superseded_by is null end)
  and (:after_at::timestamptz is null or (r.decided_at, r.review_id, r.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
order by r.decided_at desc, r.review_id desc, r.region_code desc
limit :limit::int
