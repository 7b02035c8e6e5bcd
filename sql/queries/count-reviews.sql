-- One row: how many decisions the filters of list-reviews match.
select count(*)::int as matched
from review_record r
left join (
  select distinct on (f.review_id) f.review_id, f.stale_geometry, f.stale_layer, f.stale_figure
  from decided_flags(:run_region::text, :run_id::uuid) f
  order by f.review_id, f.ordinal
) d on d.review_id = r.review_id
where (:region_code::text is null or r.region_code = :region_code::text)
  and (:parcel_id::text is null or r.parcel_id = :parcel_id::text)
  and (:project_code::text is null or r.project_code = :project_code::text)
  and (:check_id::text is null or r.check_id = :check_id::text)
  and (:person_id::uuid is null or r.person_id = :person_id::uuid)
  and (:batch_id::uuid is null or r.batch_id = :batch_id::uuid)
  and (:run_id::uuid is null or d.review_id is not null)
  and (not :current::boolean or r.superseded_by is null)
  and (:state::text is null or case :state::text when 'stale' then d.stale_geometry or d.stale_layer or d.stale_figure
                                                 else r.decision = :state::text and r.superseded_by is null end)
