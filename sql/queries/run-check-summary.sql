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
), failing as materialized (
  -- by word, and made once: joined as it stands it was aggregated anew for each of 5,000 parcels, whom the planner takes for one (0.2 s)
  select t.outcomes, array_agg(t.place::int order by t.place) as places
  from told t
  where t.outcome = 'fail'
  group by t.outcomes
), failed as (
  select o.place, sum(o.area_m2) as area_m2
  from (
    select e.place, e.area_m2
    from (
      -- in step: the place of each that fails, beside its area
      select r.ordinal, unnest(f.places) as place, unnest(r.failed_m2) as area_m2
      from r
      join failing f on f.outcomes = r.outcomes
    ) e
    order by e.place, e.ordinal
    offset 0
  ) o
  group by o.place
), counted as (
  select t.place, t.check_id, t.outcome, sum(t.parcels)::int as parcels
  from told t
  group by t.place, t.check_id, t.outcome
)
select c.check_id, c.outcome, c.parcels, coalesce(f.area_m2, 0)::float8 as area_m2
from counted c
left join failed f on f.place = c.place and c.outcome = 'fail'
order by c.check_id, c.outcome
