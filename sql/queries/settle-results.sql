-- One result per parcel of the chunk: the verdict folded over the checks that can fail it, and books that sum to its area.
-- Land under no piece is kept; of that, what some check could not verify is said apart. Under 1e-6 m² is rounding, not land.
with finding_of as materialized (
  select p.ordinal, count(*) as findings, bool_or(f.outcome = 'fail') filter (where f.check_id = any (:folded::text[])) as fails,
         bool_or(f.outcome = 'undetermined') filter (where f.check_id = any (:folded::text[])) as open
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join finding f on f.region_code = :region_code::text and f.result_id = p.result_id
  group by p.ordinal
), booked as materialized (
  select p.ordinal,
         coalesce(sum(b.area_m2 order by b.piece_no) filter (where b.measure = 'deduct'), 0) as deduct,
         coalesce(sum(b.area_m2 order by b.piece_no) filter (where b.measure = 'restore'), 0) as restore,
         coalesce(sum(b.area_m2 order by b.piece_no) filter (where b.measure = 'remediate'), 0) as remediate
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join piece b on b.region_code = :region_code::text and b.result_id = p.result_id
  group by p.ordinal
), sums as materialized (
  select p.*, f.findings, coalesce(f.fails, false) as fails, coalesce(f.open, false) as open, coalesce(b.deduct, 0) as deduct,
         coalesce(b.restore, 0) as restore, coalesce(b.remediate, 0) as remediate,
         p.area_m2 - coalesce(b.deduct, 0) - coalesce(b.restore, 0) - coalesce(b.remediate, 0) as rest
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  left join finding_of f using (ordinal)
  left join booked b using (ordinal)
), kept as materialized (
  select s.*, case when s.rest < 1e-6 then 0 else s.rest end as kept,
         case when s.declared_net_m2 < s.area_m2 then s.declared_net_m2 / s.area_m2 end as net_share
  from sums s
)
insert into result (region_code, result_id, area_m2, verdict, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2, net)
select :region_code::text, k.result_id, k.area_m2,
       case when k.fails then 'non_compliant' when k.open then 'undetermined' else 'compliant' end,
       k.deduct, k.restore, k.remediate, k.kept, case when k.open then k.kept else 0 end,
       case when k.net_share is not null then jsonb_build_object('deduct_net_m2', k.deduct * k.net_share, 'restore_net_m2', k.restore * k.net_share,
         'remediate_net_m2', k.remediate * k.net_share, 'kept_net_m2', k.kept * k.net_share) end
from kept k
where k.findings = :check_count::int
on conflict do nothing
