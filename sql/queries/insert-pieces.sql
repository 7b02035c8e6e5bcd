-- One row per piece of the books of a chunk, drawn from stored shapes: each parcel's masks (unions of its parts under some patches, or what
-- these leave free) are cut by each other, and the parts with the same set of masks over them are the piece. Areas come with the pieces.
with parcel_of as materialized (
  select rr.ordinal, p.geom
  from run_result rr
  join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
  where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal = any (:ordinals::int[])
), part as materialized (
  select r.ordinal, r.mask_no, r.bounds, r.place, common_part(p.geom, l.geom) as geom
  from unnest(:layer_ordinal::int[], :layer_mask_no::int[], :layer_bounds::boolean[], :layer_id::uuid[], :feature_no::int[], :piece_no::int[])
    with ordinality as r (ordinal, mask_no, bounds, layer_id, feature_no, piece_no, place)
  join parcel_of p using (ordinal)
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = r.layer_id and l.feature_no = r.feature_no and l.piece_no = r.piece_no
  union all
  select r.ordinal, r.mask_no, false, 1000000 + r.place, common_part(p.geom, q.geom)
  from unnest(:parcel_ordinal::int[], :parcel_mask_no::int[], :parcel_set_id::uuid[], :parcel_place::int[])
    with ordinality as r (ordinal, mask_no, parcel_set_id, parcel_place, place)
  join parcel_of p using (ordinal)
  join parcel q on q.region_code = :region_code::text and q.parcel_set_id = r.parcel_set_id and q.ordinal = r.parcel_place
  union all
  select r.ordinal, r.mask_no, false, 2000000 + r.place,
         common_part(p.geom, st_transform(st_segmentize(st_makeenvelope(r.x0, r.y0, r.x1, r.y1, :raster_srid::int), :segment::float8), 4490))
  from unnest(:rect_ordinal::int[], :rect_mask_no::int[], :x0::float8[], :y0::float8[], :x1::float8[], :y1::float8[])
    with ordinality as r (ordinal, mask_no, x0, y0, x1, y1, place)
  join parcel_of p using (ordinal)
), merged as materialized (
  select part.ordinal, part.mask_no, part.bounds,
         case when count(*) = 1 then (array_agg(part.geom))[1] else united(array_agg(part.geom order by part.place)) end as geom
  from part
  group by part.ordinal, part.mask_no, part.bounds
), mask as materialized (
  -- a mask without a shape covers the whole parcel
  select m.ordinal, m.mask_no,
         case when m.whole then null
              when m.rest then case when under.geom is null then coalesce(bounds.geom, p.geom) else rest_of(coalesce(bounds.geom, p.geom), under.geom) end
              else coalesce(under.geom, st_setsrid('multipolygon empty'::geometry, 4490)) end as geom
  from unnest(:mask_ordinal::int[], :mask_no::int[], :mask_whole::boolean[], :mask_rest::boolean[]) as m (ordinal, mask_no, whole, rest)
  join parcel_of p using (ordinal)
  left join merged under on under.ordinal = m.ordinal and under.mask_no = m.mask_no and not under.bounds
  left join merged bounds on bounds.ordinal = m.ordinal and bounds.mask_no = m.mask_no and bounds.bounds
), cut as materialized (
  select p.ordinal, array_to_string(c.covered_by, ',') as covered_by, c.geom
  from parcel_of p
  join (select ordinal, array_agg(geom order by mask_no) as geoms from mask group by ordinal) m using (ordinal)
  cross join lateral split_by_masks(p.geom, m.geoms) c
), drawn as materialized (
  select w.ordinal, w.piece_no, case when count(*) = 1 then (array_agg(c.geom))[1] else united(array_agg(c.geom order by c.covered_by)) end as geom
  from unnest(:way_ordinal::int[], :way_piece_no::int[], :way_covered_by::text[]) as w (ordinal, piece_no, covered_by)
  join cut c using (ordinal, covered_by)
  group by w.ordinal, w.piece_no
)
insert into piece (region_code, result_id, piece_no, reasons, measure, area_m2, geom)
select :region_code::text, b.result_id, b.piece_no, b.reasons, b.measure, b.area_m2, st_multi(d.geom)
from unnest(:ordinal::int[], :result_id::uuid[], :book_piece_no::int[], :reasons::jsonb[], :measure::text[], :area_m2::float8[])
  as b (ordinal, result_id, piece_no, reasons, measure, area_m2)
left join drawn d on d.ordinal = b.ordinal and d.piece_no = b.piece_no
