-- One finding per measured row, no larger than the parcel (parts are measured one by one, to some 1e-4 m²): the threshold decides a fail,
-- unknown area turns a would-be pass into undetermined, a fail stays a fail. A hair is no land and no gap: with a threshold of 0 a
-- parcel would fail for what lies beside it, with no unknown share allowed it would lack what two patches cover of it side by side.
insert into finding (region_code, result_id, check_id, outcome, reason, measure, area_m2, share, unknown_area_m2, detail)
select :region_code::text, p.result_id, m.check_id, f.outcome,
       case
         when f.unusable then 'geometry-unusable'
         when f.outcome = m.outcome then m.reason
         when f.outcome = 'undetermined' then m.unknown_reason
       end,
       case when f.outcome = 'fail' then coalesce(due.measure, case when k.per_hit then 'none' else k.measure end) else 'none' end,
       case when not f.unusable and f.area_m2 is not null then least(f.area_m2, p.area_m2) end,
       case when not f.unusable and f.area_m2 is not null and p.area_m2 > 0 then least(f.area_m2 / p.area_m2, 1) end,
       case when not f.unusable then f.unknown_area_m2 end,
       m.detail
from measured m
join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
join jsonb_to_recordset(:thresholds::jsonb) as k (check_id text, min_area_m2 float8, max_unknown_share float8, measure text, per_hit boolean)
  on k.check_id = m.check_id
cross join lateral (select p.area_m2 = 0 and m.check_id <> 'parcel-geometry' as unusable) u
cross join lateral (
  select case when m.area_m2 < hair_m2(p.area_m2) then 0 else m.area_m2 end as area_m2,
         case when m.unknown_area_m2 < hair_m2(p.area_m2) then 0 else m.unknown_area_m2 end as unknown_area_m2
) land
cross join lateral (
  select u.unusable, land.area_m2, land.unknown_area_m2,
         case
           when u.unusable then 'undetermined'
           when m.outcome is not null then m.outcome
           when land.area_m2 > k.min_area_m2 then 'fail'
           when land.unknown_area_m2 > k.max_unknown_share * p.area_m2 then 'undetermined'
           else 'pass'
         end as outcome
) f
left join lateral (
  select d.measure
  from mask d
  where d.region_code = :region_code::text and d.run_id = :run_id::uuid and d.ordinal = m.ordinal and d.check_id = m.check_id
    and d.area_m2 >= hair_m2(p.area_m2)
  order by array_position(array['deduct', 'restore', 'remediate', 'none'], d.measure)
  limit 1
) due on k.per_hit
where m.region_code = :region_code::text and m.run_id = :run_id::uuid and m.ordinal between :first::int and :last::int
on conflict do nothing
