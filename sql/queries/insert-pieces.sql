-- One row per piece of the books of new results, drawn from stored shapes: each parcel's masks (unions of its parts under some patches, or
-- what these leave free) are cut by each other, and the parts with the same set of masks over them are the piece. Areas come with the pieces.
-- Every shape is looked up by key: joined by ordinal among themselves, 700 parts of a chunk were compared 600,000 times.
with part as materialized (
  select r.ordinal, r.mask_no, r.bounds, r.place, common_part(p.geom, l.geom) as geom
  from unnest(:layer_ordinal::int[], :layer_set_id::uuid[], :layer_parcel_place::int[], :layer_mask_no::int[], :layer_bounds::boolean[],
      :layer_id::uuid[], :layer_feature_no::int[], :layer_piece_no::int[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, bounds, layer_id, feature_no, piece_no, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = r.layer_id and l.feature_no = r.feature_no and l.piece_no = r.piece_no
  union all
  select r.ordinal, r.mask_no, false, 1000000 + r.place, common_part(p.geom, q.geom)
  from unnest(:other_ordinal::int[], :other_set_id::uuid[], :other_parcel_place::int[], :other_mask_no::int[], :other_of_set_id::uuid[], :other_of_place::int[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, of_set_id, of_place, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
  join parcel q on q.region_code = :region_code::text and q.parcel_set_id = r.of_set_id and q.ordinal = r.of_place
  union all
  select r.ordinal, r.mask_no, false, 2000000 + r.place,
         common_part(p.geom, st_transform(st_segmentize(st_makeenvelope(r.x0, r.y0, r.x1, r.y1, :raster_srid::int), :segment::float8), 4490))
  from unnest(:rect_ordinal::int[], :rect_set_id::uuid[], :rect_parcel_place::int[], :rect_mask_no::int[], :rect_x0::float8[], :rect_y0::float8[],
      :rect_x1::float8[], :rect_y1::float8[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, x0, y0, x1, y1, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
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
  from unnest(:mask_ordinal::int[], :mask_set_id::uuid[], :mask_parcel_place::int[], :mask_no::int[], :mask_whole::boolean[], :mask_rest::boolean[])
    as m (ordinal, set_id, parcel_place, mask_no, whole, rest)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = m.set_id and p.ordinal = m.parcel_place
  left join merged under on under.ordinal = m.ordinal and under.mask_no = m.mask_no and not under.bounds
  left join merged bounds on bounds.ordinal = m.ordinal and bounds.mask_no = m.mask_no and bounds.bounds
), masks as materialized (
  select ordinal, array_agg(geom order by mask_no) as geoms from mask group by ordinal
), cut as materialized (
  select m.ordinal, array_to_string(c.covered_by, ',') as covered_by, c.geom
  from unnest(:cut_ordinal::int[], :cut_set_id::uuid[], :cut_parcel_place::int[]) as o (ordinal, set_id, parcel_place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = o.set_id and p.ordinal = o.parcel_place
  join masks m on m.ordinal = o.ordinal
  cross join lateral split_by_masks(p.geom, m.geoms) c
  union all
  -- one mask alone is the piece
  select m.ordinal, '1', m.geoms[1] from masks m where array_length(m.geoms, 1) = 1
), drawn as materialized (
  select w.ordinal, w.piece_no, case when count(*) = 1 then (array_agg(c.geom))[1] else united(array_agg(c.geom order by c.covered_by)) end as geom
  from unnest(:way_ordinal::int[], :way_piece_no::int[], :way_covered_by::text[]) as w (ordinal, piece_no, covered_by)
  join cut c using (ordinal, covered_by)
  group by w.ordinal, w.piece_no
)
insert into piece (region_code, result_id, piece_no, reasons, measure, area_m2, geom)
select :region_code::text, b.result_id, b.piece_no, b.reasons, b.measure, b.area_m2,
       case when b.all_of_it then (select p.geom from parcel p where p.region_code = :region_code::text and p.parcel_set_id = b.set_id and p.ordinal = b.parcel_place)
            else st_multi(d.geom) end
from unnest(:book_ordinal::int[], :book_set_id::uuid[], :book_parcel_place::int[], :book_result_id::uuid[], :book_piece_no::int[], :book_reasons::jsonb[],
    :book_measure::text[], :book_area_m2::float8[], :book_all_of_it::boolean[])
  as b (ordinal, set_id, parcel_place, result_id, piece_no, reasons, measure, area_m2, all_of_it)
left join drawn d on d.ordinal = b.ordinal and d.piece_no = b.piece_no
