-- One row per parcel of a run whose result is that of the run before it (the base): the same parcel in every fact a check asks for, nothing
-- changed near it, and nothing in its findings that names what was replaced. A lookup of sets, no geometry is computed.
with fact as materialized (
  select rr.run_id, rr.ordinal, rr.result_id, rr.township, p.geom, p.project_code, p.client_id,
         md5(jsonb_build_array(case when :same_sets::boolean then p.parcel_set_id end, p.parcel_id, p.project_code, p.township, p.plot_type, p.accepted_on,
           p.pending, p.declared_area_m2, p.declared_net_m2, p.faults, p.geometry_hash, p.area_m2)::text) as says
  from run_result rr
  join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
  where rr.region_code = :region_code::text and rr.run_id = any (array[:run_id::uuid, :base_run_id::uuid])
), matched as materialized (
  select n.ordinal, n.geom, n.project_code, n.client_id, b.result_id, b.township, b.ordinal as base_ordinal
  from fact n
  join fact b on b.says = n.says
  where n.run_id = :run_id::uuid and b.run_id = :base_run_id::uuid
), patch as materialized (
  -- pieces of layers that stand in another version in the two runs
  select v.kind, l.geom,
         md5(jsonb_build_array(v.kind, f.name, f.number, f.class_code, f.planting, f.slope_class, f.measure, f.approval, f.dated, f.issue_source)::text
           || md5(st_asbinary(l.geom, 'NDR'))) as says, v.is_new
  from (
    select layer_id, kind, true as is_new from unnest(:new_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
    union all
    select layer_id, kind, false from unnest(:old_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
  ) v
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = v.layer_id
  join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
), changed as materialized (
  select n.geom from fact n where n.run_id = :run_id::uuid and not exists (select from matched m where m.ordinal = n.ordinal)
  union all
  select b.geom from fact b where b.run_id = :base_run_id::uuid and not exists (select from matched m where m.base_ordinal = b.ordinal)
  union all
  select p.geom from patch p where not exists (select from patch o where o.says = p.says and o.is_new <> p.is_new)
), near as materialized (
  -- by the index of parcels: few things changed, and each is near few parcels
  select distinct rr.ordinal
  from changed c
  join parcel p on p.region_code = :region_code::text and p.geom && c.geom
  join run_result rr on rr.region_code = p.region_code and rr.run_id = :run_id::uuid and rr.parcel_set_id = p.parcel_set_id and rr.parcel_ordinal = p.ordinal
)
update run_result rr
set result_id = m.result_id, township = m.township
from matched m
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = m.ordinal and rr.result_id is null
  and not exists (select from near n where n.ordinal = m.ordinal)
  and exists (select from result s where s.region_code = :region_code::text and s.result_id = m.result_id)
  -- what could not be judged is tried again
  and not exists (
    select from finding f
    where f.region_code = :region_code::text and f.result_id = m.result_id and f.check_id = 'parcel-geometry' and f.reason = 'check-failed')
  -- findings name other parcels by their set, and patches by their layer
  and (:same_sets::boolean or not exists (
    select from finding f
    where f.region_code = :region_code::text and f.result_id = m.result_id and f.check_id = 'parcel-overlap' and f.detail -> 'hits' <> '[]'))
  and (cardinality(:old_layers::uuid[]) = 0 or not exists (
    select from finding f
    cross join lateral jsonb_array_elements(case when jsonb_typeof(f.detail -> 'hits') = 'array' then f.detail -> 'hits' else '[]' end) hit
    where f.region_code = :region_code::text and f.result_id = m.result_id and (hit ->> 'layer_id')::uuid = any (:old_layers::uuid[])))
  -- a parcel that an earlier set files too may be an earlier version in the one run and not in the other
  and (:same_sets::boolean or not exists (
    select from run_set s
    join parcel q on q.region_code = s.region_code and q.parcel_set_id = s.parcel_set_id
    where s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'earlier'
      and q.project_code = m.project_code and q.client_id = m.client_id))
