-- One row per parcel of a stretch of a run of which another run says something else, or which it does not have (then `other` is null).
-- Areas count as changed where they differ by more than a hair (checks/ground.ts); under that it is rounding, not land.
select rr.ordinal, p.parcel_id, p.project_code,
       jsonb_build_object('ordinal', rr.ordinal, 'parcel_set_id', p.parcel_set_id, 'parcel_id', p.parcel_id, 'verdict', s.verdict, 'area_m2', s.area_m2,
         'deduct_area_m2', s.deduct_area_m2, 'restore_area_m2', s.restore_area_m2, 'remediate_area_m2', s.remediate_area_m2,
         'kept_area_m2', s.kept_area_m2, 'kept_unverified_area_m2', s.kept_unverified_area_m2) as own,
       case when o.ordinal is not null then
         jsonb_build_object('ordinal', o.ordinal, 'parcel_set_id', q.parcel_set_id, 'parcel_id', q.parcel_id, 'verdict', t.verdict, 'area_m2', t.area_m2,
           'deduct_area_m2', t.deduct_area_m2, 'restore_area_m2', t.restore_area_m2, 'remediate_area_m2', t.remediate_area_m2,
           'kept_area_m2', t.kept_area_m2, 'kept_unverified_area_m2', t.kept_unverified_area_m2) end as other,
       coalesce(p.geometry_hash <> q.geometry_hash, false) as shape_changed,
       to_jsonb(array_remove(array[
         case when p.declared_area_m2 is distinct from q.declared_area_m2 then 'declared_area_m2' end,
         case when p.declared_net_m2 is distinct from q.declared_net_m2 then 'declared_net_m2' end,
         case when p.plot_type is distinct from q.plot_type then 'plot_type' end,
         case when p.accepted_on is distinct from q.accepted_on then 'accepted_on' end,
         case when p.pending is distinct from q.pending then 'pending' end,
         case when p.faults is distinct from q.faults then 'faults' end], null)) as attributes,
       coalesce(said.findings, '[]') as findings
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
left join run_set shared on shared.region_code = rr.region_code and shared.run_id = :other_run::uuid
  and shared.parcel_set_id = rr.parcel_set_id and shared.role = 'judged'
left join run_result o on o.region_code = :region_code::text and o.run_id = :other_run::uuid and o.ordinal = coalesce(
  shared.first_ordinal + rr.parcel_ordinal,
  counterpart(:region_code::text, :own_run::uuid, :other_run::uuid, rr.parcel_set_id, p.project_code, p.parcel_id))
left join parcel q on q.region_code = o.region_code and q.parcel_set_id = o.parcel_set_id and q.ordinal = o.parcel_ordinal
left join result t on t.region_code = o.region_code and t.result_id = o.result_id
cross join lateral (select greatest(1e-4, least(0.01, 1e-4 * s.area_m2)) as m2) hair
left join lateral (
  select jsonb_agg(jsonb_build_object(
           'check', coalesce(f.check_id, g.check_id),
           'own', case when f.check_id is not null then jsonb_build_object('outcome', f.outcome, 'reason', f.reason, 'measure', f.measure,
             'area_m2', f.area_m2, 'unknown_area_m2', f.unknown_area_m2, 'year', f.detail -> 'year', 'source', f.detail -> 'source') end,
           'other', case when g.check_id is not null then jsonb_build_object('outcome', g.outcome, 'reason', g.reason, 'measure', g.measure,
             'area_m2', g.area_m2, 'unknown_area_m2', g.unknown_area_m2, 'year', g.detail -> 'year', 'source', g.detail -> 'source') end,
           'same_detail', coalesce(f.detail = g.detail, false), 'same_with', coalesce(f.detail -> 'with' = g.detail -> 'with', true),
           'hair_m2', hair.m2)) as findings
  from (select * from finding where region_code = :region_code::text and result_id = rr.result_id) f
  full join (select * from finding where region_code = :region_code::text and result_id = o.result_id) g using (check_id)
  where f.outcome is distinct from g.outcome or f.reason is distinct from g.reason or f.measure is distinct from g.measure
    or (f.area_m2 is null) <> (g.area_m2 is null) or abs(f.area_m2 - g.area_m2) > hair.m2
    or (f.unknown_area_m2 is null) <> (g.unknown_area_m2 is null) or abs(f.unknown_area_m2 - g.unknown_area_m2) > hair.m2
) said on o.result_id <> rr.result_id
where rr.region_code = :region_code::text and rr.run_id = :own_run::uuid and rr.ordinal between :first::int and :last::int
  and (o.ordinal is null
    or not :only_alone::boolean and o.result_id <> rr.result_id and (
      said.findings is not null or s.verdict <> t.verdict or abs(s.area_m2 - t.area_m2) > hair.m2
      or abs(s.deduct_area_m2 - t.deduct_area_m2) > hair.m2 or abs(s.restore_area_m2 - t.restore_area_m2) > hair.m2
      or abs(s.remediate_area_m2 - t.remediate_area_m2) > hair.m2 or abs(s.kept_area_m2 - t.kept_area_m2) > hair.m2
      or abs(s.kept_unverified_area_m2 - t.kept_unverified_area_m2) > hair.m2))
order by rr.ordinal
