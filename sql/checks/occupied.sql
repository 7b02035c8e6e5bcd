-- One measured row per parcel: what of it lies under 建设占用. Land lawfully taken after acceptance (approval number, later date) asks for no measure.
with c as materialized (
  select t.*,
         case when t.approval <> '' and t.dated > p.accepted_on then 'none' else 'restore' end as due
  from polygon_cut(:region_code::text, :run_id::uuid, :first::int, :last::int, :layers::uuid[]) t
  join chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p using (ordinal)
), hit as materialized (
  select f.ordinal, count(*) as features, jsonb_agg(f.hit order by f.layer_id, f.feature_no) filter (where f.area_m2 >= hair_m2(f.parcel_m2)) as hits
  from (
    select c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, sum(c.area_m2 order by c.piece_no) as area_m2,
           jsonb_build_object('name', c.name, 'number', c.number, 'layer_id', c.layer_id, 'area_m2', sum(c.area_m2 order by c.piece_no),
             'approval', c.approval, 'dated', c.dated, 'measure', c.due) as hit
    from c
    group by c.ordinal, c.parcel_m2, c.layer_id, c.feature_no, c.name, c.number, c.approval, c.dated, c.due
  ) f
  group by f.ordinal
), part as materialized (
  select c.ordinal, c.parcel_m2, grouping(c.due) = 1 as overall, c.due, bool_or(c.whole) as whole,
         count(distinct (c.layer_id, c.feature_no)) as features,
         array_agg(c.geom order by c.layer_id, c.feature_no, c.piece_no) filter (where not c.whole) as parts,
         sum(c.area_m2 order by c.layer_id, c.feature_no, c.piece_no) as sum_m2
  from c
  group by grouping sets ((c.ordinal, c.parcel_m2), (c.ordinal, c.parcel_m2, c.due))
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, t.ordinal, 'occupied', t.due, t.whole,
         merged_area_m2(t.parts, t.whole, t.features, t.sum_m2, t.parcel_m2), merged(t.parts, t.whole)
  from part t
  where not t.overall and t.due <> 'none'
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, o.ordinal, 'occupied',
       coalesce(merged_area_m2(t.parts, t.whole, t.features, t.sum_m2, t.parcel_m2), 0), o.area_m2, 'outside-coverage',
       jsonb_build_object('hits', coalesce(h.hits, '[]'))
from outside_boundary(:region_code::text, :run_id::uuid, :first::int, :last::int, :boundary::uuid[]) o
left join part t on t.ordinal = o.ordinal and t.overall
left join hit h on h.ordinal = o.ordinal
