-- One row per item of a request, in its order: the finding it speaks of in the run named, else in the newest finished run that judged this
-- parcel in this shape (null where there is none); the newest decision on it (head), and the one that stands on another shape of it (other).
with asked as materialized (
  select a.place::int as place, a.item ->> 'project_code' as project_code, a.item ->> 'parcel_id' as parcel_id, a.item ->> 'check' as check_id,
         a.item ->> 'geometry_hash' as geometry_hash
  from jsonb_array_elements(:items::jsonb) with ordinality as a(item, place)
), found as materialized (
  select a.place, a.project_code, a.parcel_id, a.check_id, a.geometry_hash, t.run_id, t.result_id
  from asked a
  left join lateral (
    select s.run_id, rr.result_id
    from parcel p
    join run_set s on s.region_code = p.region_code and s.parcel_set_id = p.parcel_set_id and s.role = 'judged'
    join run r on r.region_code = s.region_code and r.run_id = s.run_id and r.state = 'succeeded'
    join run_result rr on rr.region_code = s.region_code and rr.run_id = s.run_id and rr.ordinal = s.first_ordinal + p.ordinal
    where p.region_code = :region_code::text and p.geometry_hash = a.geometry_hash and p.parcel_id = a.parcel_id
      and coalesce(p.project_code, '') = a.project_code
      and (:run_id::uuid is null or s.run_id = :run_id::uuid)
    order by r.finished_at desc, s.run_id
    limit 1
  ) t on true
), contents as materialized (
  select r.run_id, run_contents(:region_code::text, r.run_id) as layers
  from (select distinct f.run_id from found f where f.run_id is not null) r
)
select f.place, f.run_id, f.result_id, i.outcome, i.measure, figure_of(i.area_m2, i.detail) as figure_m2,
       coalesce(problem_codes(i.detail), '') as problem_codes, coalesce(evidence_of(f.check_id, i.detail, c.layers), '[]') as evidence,
       h.review_id as head_id, h.decision as head_decision, o.review_id as other_id
from found f
left join contents c on c.run_id = f.run_id
left join finding i on i.region_code = :region_code::text and i.result_id = f.result_id and i.check_id = f.check_id
left join flag_review h on h.region_code = :region_code::text and h.project_code = f.project_code and h.parcel_id = f.parcel_id
  and h.check_id = f.check_id and h.geometry_hash = f.geometry_hash
left join lateral (
  select n.review_id from flag_review n
  where n.region_code = :region_code::text and n.project_code = f.project_code and n.parcel_id = f.parcel_id and n.check_id = f.check_id
    and n.geometry_hash <> f.geometry_hash and n.decision <> 'withdrawn'
  order by n.event_no desc
  limit 1
) o on true
order by f.place
