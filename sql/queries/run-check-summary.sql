-- One row per check (their ids in order) and outcome of a finished run: how many parcels, and of those that fail the area (m²). Floating sums
-- depend on their order, which is that of upload: the rows are sorted before they are grouped.
with r as materialized (
  select rr.ordinal, s.outcomes, s.failed_m2
  from run_result rr
  join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid
), word as materialized (
  select r.outcomes, count(*) as parcels
  from r
  group by r.outcomes
), told as materialized (
  select w.outcomes, w.parcels, c.place, c.check_id,
         case substr(w.outcomes, c.place::int, 1)
           when 'p' then 'pass' when 'f' then 'fail' when 'u' then 'undetermined' when 'n' then 'not_applicable' end as outcome
  from word w
  cross join unnest(:check_ids::text[]) with ordinality as c (check_id, place)
), failed as (
  select o.check_id, sum(o.area_m2) as area_m2
  from (
    select a.check_id, a.area_m2
    from r
    join (
      select t.outcomes, array_agg(t.check_id order by t.place) as check_ids
      from told t
      where t.outcome = 'fail'
      group by t.outcomes
    ) t on t.outcomes = r.outcomes
    cross join unnest(t.check_ids, r.failed_m2) as a (check_id, area_m2)
    order by a.check_id, r.ordinal
    offset 0
  ) o
  group by o.check_id
), counted as (
  select t.check_id, t.outcome, sum(t.parcels)::int as parcels
  from told t
  group by t.check_id, t.outcome
)
select c.check_id, c.outcome, c.parcels, coalesce(f.area_m2, 0)::float8 as area_m2
from counted c
left join failed f on f.check_id = c.check_id and c.outcome = 'fail'
order by c.check_id, c.outcome
