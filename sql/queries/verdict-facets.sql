-- One row per value of a facet of an indexed run: how many parcels match with this value, whatever is asked of the same facet, and all
-- else that is asked. Facets: all (how many match), verdict, project_code, township, state, check (value check:outcome).
-- said_outcome: the outcome asked for by name, without the fail that a check alone stands for: a state asks for no outcome.
with b as materialized (
  select r.verdict, r.project_code, r.project_name, r.township, r.fail_mask, r.pass_mask, r.undetermined_mask,
         r.suspected_mask, r.confirmed_mask, r.rejected_mask, r.stale_mask,
         (:verdict::text is null or r.verdict = :verdict::text) as ok_verdict,
         (:project_code::text is null or r.project_code = :project_code::text) as ok_project,
         (:township::text is null or r.township = :township::text) as ok_township
  from run_rows_asked(
    :region_code::text, :run_id::uuid, :check_ids::text[], 0, null, null, null, null,
    null, :area_min::float8, :area_max::float8, :q::text, :west::float8, :south::float8, :east::float8, :north::float8) r
), g as (
  -- parcels are many, ways to be judged and decided few
  select b.verdict, b.fail_mask, b.pass_mask, b.undetermined_mask, b.suspected_mask, b.confirmed_mask, b.rejected_mask, b.stale_mask,
         count(*) filter (where b.ok_project and b.ok_township) as n
  from b
  group by 1, 2, 3, 4, 5, 6, 7, 8
), outcome_of as (
  select o.outcome, o.place from (values ('pass', 1), ('fail', 2), ('undetermined', 3), ('not_applicable', 4)) as o(outcome, place)
), state_of as (
  select s.state from (values ('suspected'), ('confirmed'), ('rejected'), ('stale')) as s(state)
), by_way as (
  select g.*,
         :check_mask::int & case :outcome::text when 'fail' then g.fail_mask when 'pass' then g.pass_mask
           when 'undetermined' then g.undetermined_mask else ~(g.fail_mask | g.pass_mask | g.undetermined_mask) end as outcome_bits,
         :check_mask::int & case :said_outcome::text when 'fail' then g.fail_mask when 'pass' then g.pass_mask
           when 'undetermined' then g.undetermined_mask else ~(g.fail_mask | g.pass_mask | g.undetermined_mask) end as said_bits,
         case :state::text when 'suspected' then g.suspected_mask when 'confirmed' then g.confirmed_mask
           when 'rejected' then g.rejected_mask when 'stale' then g.stale_mask else -1 end as state_bits
  from g
), flagged as (
  select b.*
  from b
  where b.ok_verdict
    and (:outcome::text is null or :check_mask::int & case :outcome::text
      when 'fail' then b.fail_mask when 'pass' then b.pass_mask when 'undetermined' then b.undetermined_mask
      else ~(b.fail_mask | b.pass_mask | b.undetermined_mask) end <> 0)
    and (:state::text is null or :check_mask::int & case :state::text
      when 'suspected' then b.suspected_mask when 'confirmed' then b.confirmed_mask when 'rejected' then b.rejected_mask
      else b.stale_mask end <> 0)
)
select 'verdict' as facet, w.verdict as value, null::text as name, sum(w.n)::int as parcels
from by_way w
where (:outcome::text is null or w.outcome_bits <> 0) and (:state::text is null or w.state_bits & :check_mask::int <> 0)
group by w.verdict
union all
select 'state', s.state, null,
       coalesce(sum(w.n) filter (where :check_mask::int & case s.state when 'suspected' then w.suspected_mask when 'confirmed' then w.confirmed_mask
         when 'rejected' then w.rejected_mask else w.stale_mask end <> 0), 0)::int
from state_of s
left join by_way w on (:verdict::text is null or w.verdict = :verdict::text) and (:said_outcome::text is null or w.said_bits <> 0)
group by s.state
union all
select 'check', c.check_id || ':' || o.outcome, null,
       coalesce(sum(w.n) filter (where w.state_bits & (1 << (c.place - 1)::int) <> 0 and (1 << (c.place - 1)::int) & case o.outcome
         when 'fail' then w.fail_mask when 'pass' then w.pass_mask when 'undetermined' then w.undetermined_mask
         else ~(w.fail_mask | w.pass_mask | w.undetermined_mask) end <> 0), 0)::int
from unnest(:check_ids::text[]) with ordinality as c(check_id, place)
cross join outcome_of o
left join by_way w on :verdict::text is null or w.verdict = :verdict::text
group by c.check_id, o.outcome
union all
select 'project_code', f.project_code, min(f.project_name), count(*)::int from flagged f where f.ok_township group by f.project_code
union all
select 'township', f.township, null, count(*)::int from flagged f where f.ok_project group by f.township
union all
select 'all', '', null, (count(*) filter (where f.ok_project and f.ok_township))::int from flagged f
