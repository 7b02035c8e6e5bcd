-- One row: how many parcels of a run are given the result of the run before it (the base): the same parcel in every fact a check asks for,
-- and nothing changed near it. Inserts all parcels of the run, with that result or none. A lookup of sets, no geometry is computed. Sets
-- differ, if at all, by a new version of the one judged set.
with filed as materialized (
  -- a parcel that an earlier set files too may be an earlier version in the one run and not in the other
  select distinct q.project_code, q.client_id
  from run_set s
  join parcel q on q.region_code = s.region_code and q.parcel_set_id = s.parcel_set_id
  where not :same_sets::boolean and s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'earlier'
), twin as materialized (
  -- of parcels with one shape the first says nothing of it, and where their places differ that may be another one now. Not computed where
  -- all have kept their places.
  select p.ordinal
  from (
    select q.geometry_hash
    from parcel q
    where not :same_sets::boolean and q.region_code = :region_code::text and q.parcel_set_id = :set_id::uuid
    group by q.geometry_hash
    having count(*) > 1
  ) t
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = :set_id::uuid and p.geometry_hash = t.geometry_hash
), spoken as materialized (
  -- parcels to be computed though their own facts stand: of projects that the registers speak of otherwise, and those filed earlier too
  select p.parcel_set_id, p.ordinal
  from run_set s
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = s.parcel_set_id
  where s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'judged'
    and (plain_code(p.project_code) = any (:touched::text[]) or (p.project_code, p.client_id) in (select f.project_code, f.client_id from filed f))
    and (cardinality(:touched::text[]) > 0 or exists (select from filed))
), pair as materialized (
  -- every parcel of either run, beside the one of its set and id in the other. Whether they are the same is a column, not a condition of
  -- the join: the planner would take it for rare and loop over all. Asks for no more than the index by place holds.
  select n.run_ordinal, n.parcel_set_id, n.ordinal, b.parcel_set_id as base_set_id, b.ordinal as base_ordinal, b.result_id, b.run_township,
         n.ordinal is not null and b.ordinal is not null
         and (n.parcel_set_id, n.ordinal) not in (select s.parcel_set_id, s.ordinal from spoken s)
         and (:same_sets::boolean or (n.ordinal = b.ordinal or n.ordinal not in (select t.ordinal from twin t)) and n.facts = b.facts) as same
  from (
    select s.first_ordinal + p.ordinal as run_ordinal, case when :same_sets::boolean then p.parcel_set_id end as of_set, p.parcel_set_id, p.ordinal, p.parcel_id, p.facts
    from run_set s
    join parcel p on p.region_code = :region_code::text and p.parcel_set_id = s.parcel_set_id
    where s.region_code = :region_code::text and s.run_id = :run_id::uuid and s.role = 'judged' and (:same_sets::boolean or p.parcel_set_id = :set_id::uuid)
  ) n
  full join (
    select r.result_id, r.township as run_township, case when :same_sets::boolean then q.parcel_set_id end as of_set, q.parcel_set_id, q.ordinal, q.parcel_id, q.facts
    from run_result r
    join parcel q on q.region_code = :region_code::text and q.parcel_set_id = r.parcel_set_id and q.ordinal = r.parcel_ordinal
    where r.region_code = :region_code::text and r.run_id = :base_run_id::uuid and (:same_sets::boolean or q.parcel_set_id = :base_set_id::uuid)
  ) b on b.parcel_id = n.parcel_id and coalesce(b.of_set, :base_set_id::uuid) = coalesce(n.of_set, :base_set_id::uuid)
), patch as materialized (
  -- pieces of layers that stand in another version in the two runs
  select v.kind, v.is_new, l.feature_no, l.geom, f.name, f.number, f.class_code, f.planting, f.slope_class, f.measure, f.approval, f.dated, f.issue_source
  from (
    select layer_id, kind, true as is_new from unnest(:new_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
    union all
    select layer_id, kind, false from unnest(:old_layers::uuid[], :kinds::text[]) as t (layer_id, kind)
  ) v
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = v.layer_id
  join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
), paired as materialized (
  select p.kind, p.feature_no, p.geom, o.feature_no as old_no
  from patch p
  join patch o on o.geom = p.geom and o.kind = p.kind and not o.is_new
    and (o.name, o.number, o.class_code, o.planting, o.slope_class, o.measure, o.approval, o.dated, o.issue_source)
      is not distinct from (p.name, p.number, p.class_code, p.planting, p.slope_class, p.measure, p.approval, p.dated, p.issue_source)
  where p.is_new
), reordered as (
  -- a finding lists its hits by polygon, in their order: one that comes before another now and came after it then has changed, and so has
  -- one whose pieces are of two polygons in the other version (a copy of it, two made one, or one made two)
  select o.geom
  from (
    select x.geom, x.old_no,
           min(x.old_no) over (partition by x.kind, x.feature_no) as first_old,
           max(x.old_no) over (partition by x.kind, x.feature_no) as last_old,
           max(x.old_no) over (partition by x.kind order by x.feature_no range between unbounded preceding and 1 preceding) as highest
    from paired x
  ) o
  where o.old_no <= o.highest or o.first_old <> o.last_old
), changed as materialized (
  select p.geom
  from (
    select x.parcel_set_id, x.ordinal from pair x where not x.same and x.ordinal is not null
    union all
    select x.base_set_id, x.base_ordinal from pair x where not x.same and x.base_ordinal is not null
  ) u
  -- offset 0: by key, of the few that are left
  cross join lateral (
    select q.geom
    from parcel q
    where q.region_code = :region_code::text and q.parcel_set_id = u.parcel_set_id and q.ordinal = u.ordinal
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
  select distinct p.parcel_set_id, p.ordinal
  from changed c
  cross join lateral (
    select p.parcel_set_id, p.ordinal from parcel p where p.region_code = :region_code::text and p.geom && c.geom offset 0
  ) p
), filled as (
  insert into run_result (region_code, run_id, ordinal, parcel_set_id, parcel_ordinal, result_id, township)
  select :region_code::text, :run_id::uuid, x.run_ordinal, x.parcel_set_id, x.ordinal, s.result_id, case when s.result_id is not null then x.run_township end
  from pair x
  left join near on near.parcel_set_id = x.parcel_set_id and near.ordinal = x.ordinal
  left join result s on s.region_code = :region_code::text and s.result_id = x.result_id and x.same and near.ordinal is null
    -- what could not be judged is tried again
    and s.result_id not in (select f.result_id from finding f where f.region_code = :region_code::text and f.reason = 'check-failed')
  where x.ordinal is not null
  order by x.run_ordinal
  returning result_id
)
select count(result_id)::int as reused from filled
