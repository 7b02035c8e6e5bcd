-- One row per parcel of a run whose result is that of the run before it (the base): the same parcel in every fact a check asks for, and
-- nothing changed near it. A lookup of sets, no geometry is computed. Sets differ, if at all, by a new version of the one judged set.
with twin as materialized (
  -- of parcels with one shape the first says nothing of it: in a new version of the set that may be another one
  select t.geometry_hash
  from parcel t
  where not :same_sets::boolean and t.region_code = :region_code::text and t.parcel_set_id = :set_id::uuid
  group by t.geometry_hash
  having count(*) > 1
), filed as materialized (
  -- a parcel that an earlier set files too may be an earlier version in the one run and not in the other
  select distinct q.project_code, q.client_id
  from run_set s
  join parcel q on q.region_code = s.region_code and q.parcel_set_id = s.parcel_set_id
  where not :same_sets::boolean and s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'earlier'
), pair as materialized (
  -- what is compared is a column, not a condition: the planner takes ten equal columns for one row in a million, and then loops over all
  select n.ordinal, b.result_id, b.township, b.ordinal as base_ordinal,
         not coalesce(plain_code(p.project_code) = any (:touched::text[]), false) and (:same_sets::boolean or twin.geometry_hash is null and filed.client_id is null and p.geometry_hash = q.geometry_hash and p.area_m2 = q.area_m2
           and p.pending = q.pending
           and (p.project_code, p.project_name, p.township, p.plot_type, p.accepted_on, p.declared_area_m2, p.declared_net_m2, p.faults)
             is not distinct from (q.project_code, q.project_name, q.township, q.plot_type, q.accepted_on, q.declared_area_m2, q.declared_net_m2, q.faults))
         as same
  from run_result n
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = n.parcel_set_id and p.ordinal = n.parcel_ordinal
    and (:same_sets::boolean or p.parcel_set_id = :set_id::uuid)
  join parcel q on q.region_code = :region_code::text and q.parcel_id = p.parcel_id
    and q.parcel_set_id = case when :same_sets::boolean then p.parcel_set_id else :base_set_id::uuid end
  join run_result b on b.region_code = :region_code::text and b.run_id = :base_run_id::uuid and b.parcel_set_id = q.parcel_set_id and b.parcel_ordinal = q.ordinal
  left join twin on twin.geometry_hash = p.geometry_hash
  left join filed on filed.project_code = p.project_code and filed.client_id = p.client_id
  where n.region_code = :region_code::text and n.run_id = :run_id::uuid
), matched as materialized (
  select x.ordinal, x.result_id, x.township, x.base_ordinal from pair x where x.same
), patch as materialized (
  -- pieces of layers that stand in another version in the two runs
  select v.kind, v.is_new, l.feature_no, l.piece_no, l.geom, f.name, f.number, f.class_code, f.planting, f.slope_class, f.measure, f.approval, f.dated, f.issue_source
  from (
    select layer_id, kind, true as is_new from unnest(:new_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
    union all
    select layer_id, kind, false from unnest(:old_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
  ) v
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = v.layer_id
  join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
), paired as materialized (
  select p.kind, p.feature_no, p.piece_no, p.geom, o.feature_no as old_no
  from patch p
  join patch o on o.geom = p.geom and o.kind = p.kind and not o.is_new
    and (o.name, o.number, o.class_code, o.planting, o.slope_class, o.measure, o.approval, o.dated, o.issue_source)
      is not distinct from (p.name, p.number, p.class_code, p.planting, p.slope_class, p.measure, p.approval, p.dated, p.issue_source)
  where p.is_new
), reordered as (
  -- a finding lists its hits in the order of the polygons: one that comes before another now and came after it then has changed
  select o.geom
  from (
    select x.geom, x.old_no, max(x.old_no) over (partition by x.kind order by x.feature_no, x.piece_no
             rows between unbounded preceding and 1 preceding) as highest
    from paired x
  ) o
  where o.old_no < o.highest
), changed as materialized (
  select p.geom
  from (
    select n.parcel_set_id, n.parcel_ordinal
    from run_result n
    left join matched m on m.ordinal = n.ordinal
    where n.region_code = :region_code::text and n.run_id = :run_id::uuid and m.ordinal is null
    union all
    select b.parcel_set_id, b.parcel_ordinal
    from run_result b
    left join matched m on m.base_ordinal = b.ordinal
    where b.region_code = :region_code::text and b.run_id = :base_run_id::uuid and m.ordinal is null
  ) u
  -- offset 0: by key, of the few that are left
  cross join lateral (
    select q.geom
    from parcel q
    where q.region_code = :region_code::text and q.parcel_set_id = u.parcel_set_id and q.ordinal = u.parcel_ordinal
    offset 0
  ) p
  union all
  select p.geom
  from patch p
  left join patch o on o.geom = p.geom and o.is_new <> p.is_new and o.kind = p.kind
    and (o.name, o.number, o.class_code, o.planting, o.slope_class, o.measure, o.approval, o.dated, o.issue_source)
      is not distinct from (p.name, p.number, p.class_code, p.planting, p.slope_class, p.measure, p.approval, p.dated, p.issue_source)
  where o.geom is null
  union all
  select o.geom from reordered o
), near as materialized (
  -- by the index of parcels: few things changed, and each is near few parcels
  select distinct rr.ordinal
  from changed c
  cross join lateral (
    select p.parcel_set_id, p.ordinal from parcel p where p.region_code = :region_code::text and p.geom && c.geom offset 0
  ) p
  join run_result rr on rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.parcel_set_id = p.parcel_set_id and rr.parcel_ordinal = p.ordinal
)
update run_result rr
set result_id = m.result_id, township = m.township
from matched m
join result s on s.region_code = :region_code::text and s.result_id = m.result_id
left join near on near.ordinal = m.ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = m.ordinal and rr.result_id is null
  and near.ordinal is null
  -- what could not be judged is tried again
  and (s.verdict = 'compliant' or not exists (
    select from finding f
    where f.region_code = :region_code::text and f.result_id = m.result_id and f.check_id = 'parcel-geometry' and f.reason = 'check-failed'))
