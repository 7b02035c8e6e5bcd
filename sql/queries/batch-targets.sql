-- One row per flag of the parcels at these places of an indexed run, and per decision that stands there, whatever its check says now.
-- review_id and decision: the newest on it, null where there is none.
select i.ordinal, i.parcel_id, i.project_code, i.project_name, i.geometry_hash, c.check_id, i.fail_mask & c.bit <> 0 as failing,
       d.review_id, d.decision, d.batch_id, coalesce(d.stale_geometry or d.stale_layer or d.stale_figure, false) as stale
from run_index i
cross join (
  select n.check_id, 1 << (n.place - 1)::int as bit from unnest(:check_ids::text[]) with ordinality as n(check_id, place)
) c
left join decided_flags(:region_code::text, :run_id::uuid) d on d.ordinal = i.ordinal and d.check_id = c.check_id
where i.region_code = :region_code::text and i.run_id = :run_id::uuid and i.ordinal = any (:ordinals::int[])
  and (i.fail_mask & c.bit <> 0 or d.decision in ('confirmed', 'rejected'))
order by i.ordinal, c.bit
