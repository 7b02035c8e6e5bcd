-- One piece per parcel, set of reasons and measure: the masks of failing findings cut so that no square metre stands twice.
-- With one mask alone, or all of them covering the whole parcel, nothing need be cut and the measured area stands.
with failing as materialized (
  select m.ordinal, m.check_id, m.measure, m.whole, m.area_m2, m.geom, k.place
  from mask m
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
  join finding f on f.region_code = :region_code::text and f.check_id = m.check_id and f.outcome = 'fail'
    and f.result_id = p.result_id
  join jsonb_array_elements_text(:check_order::jsonb) with ordinality k (check_id, place) on k.check_id = m.check_id
  where m.region_code = :region_code::text and m.run_id = :run_id::uuid and m.ordinal between :first::int and :last::int
    and m.measure <> 'none' and m.area_m2 >= hair_m2(p.area_m2)
), parcel_masks as materialized (
  select f.ordinal, count(*) as masks, bool_and(f.whole) as all_whole, bool_or(f.whole) as some_whole, max(f.area_m2) as one_m2,
         array_agg(f.geom order by f.place, f.measure) as geoms,
         array_agg(f.check_id order by f.place, f.measure) as check_ids,
         array_agg(f.measure order by f.place, f.measure) as measures
  from failing f
  group by f.ordinal
), part as materialized (
  select p.ordinal, p.result_id, t.check_ids, t.measures, s.covered_by,
         case when t.all_whole then p.area_m2 when t.masks = 1 then t.one_m2 else st_area(s.geom::geography) end as area_m2, s.geom
  from parcel_masks t
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
  cross join lateral (
    select array(select generate_series(1, t.masks::int)) as covered_by, coalesce(t.geoms[1], p.geom) as geom
    where t.masks = 1 or t.all_whole
    union all
    select c.covered_by, c.geom
    from split_by_masks(p.geom, t.geoms) c
    where t.masks > 1 and not t.all_whole
  ) s
), labelled as materialized (
  select part.ordinal, part.result_id, part.area_m2, part.geom,
         (select jsonb_agg(r.check_id order by r.place)
          from (select part.check_ids[i] as check_id, min(i) as place from unnest(part.covered_by) i group by 1) r) as reasons,
         (select part.measures[i] from unnest(part.covered_by) i
          order by array_position(array['deduct', 'restore', 'remediate'], part.measures[i]) limit 1) as measure
  from part
), piece_of as materialized (
  select l.ordinal, l.result_id, l.reasons, l.measure,
         sum(l.area_m2 order by l.area_m2) as area_m2,
         case when count(*) = 1 then st_multi((array_agg(l.geom))[1]) else united(array_agg(l.geom order by l.area_m2)) end as geom
  from labelled l
  group by l.ordinal, l.result_id, l.reasons, l.measure
), weighed as materialized (
  select q.*, q.area_m2 < hair_m2(p.area_m2) as hair
  from piece_of q
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
), heir_of as materialized (
  -- Where two masks share an edge a hair of both lies between them. No land has that set of reasons: its area goes to the largest
  -- piece, of the same measure if there is one, as long as no reason is lost by it.
  select h.ordinal, h.reasons, h.measure, h.area_m2, w.reasons as to_reasons, w.measure as to_measure
  from weighed h
  cross join lateral (
    select b.reasons, b.measure
    from weighed b
    where b.ordinal = h.ordinal and not b.hair
      and h.reasons <@ (select jsonb_agg(r) from weighed a cross join jsonb_array_elements(a.reasons) r where a.ordinal = h.ordinal and not a.hair)
    order by b.measure = h.measure desc, b.area_m2 desc, b.reasons::text
    limit 1
  ) w
  where h.hair
), named as materialized (
  select q.ordinal, q.result_id, q.reasons, q.measure, q.geom,
         q.area_m2 + coalesce((select sum(h.area_m2 order by h.area_m2) from heir_of h
                               where h.ordinal = q.ordinal and h.to_reasons = q.reasons and h.to_measure = q.measure), 0) as area_m2
  from weighed q
  where not exists (select from heir_of h where h.ordinal = q.ordinal and h.reasons = q.reasons and h.measure = q.measure)
), total as materialized (
  select ordinal, sum(area_m2 order by measure, reasons::text) as area_m2 from named group by ordinal
), fitted as materialized (
  -- Pieces are measured one by one, and the area series cancels to some 1e-4 m²: where they fill the parcel but for a hair (never less
  -- than 5e-4 m²), or seem to exceed it, they are scaled to it, so that nothing is kept of a parcel that is masked
  -- whole, the books close and no sum over a county drifts.
  select q.*, case when p.area_m2 - t.area_m2 < greatest(5e-4, hair_m2(p.area_m2)) then p.area_m2 / t.area_m2 else 1 end as scale
  from named q
  join total t using (ordinal)
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
)
insert into piece (region_code, result_id, piece_no, reasons, measure, area_m2, geom)
select :region_code::text, q.result_id,
       row_number() over (partition by q.ordinal order by array_position(array['deduct', 'restore', 'remediate'], q.measure), q.reasons::text)::int,
       q.reasons, q.measure, q.area_m2 * q.scale, q.geom
from fitted q
on conflict do nothing
