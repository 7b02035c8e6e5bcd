-- One row per piece of the books of new results, drawn from stored shapes. A mask is the union of the parcel's parts under some patches, or
-- what these leave free; a piece is drawn in one or more ways, each under some masks and without others. Areas come with the pieces.
-- Shapes are looked up by key and put together by grouping: joined among themselves, 700 parts of a chunk were compared 600,000 times.
with part as materialized (
  select r.ordinal, r.set_id, r.parcel_place, r.mask_no, false as rest, null::jsonb as ways, r.bounds, r.place, common_part(p.geom, l.geom) as geom
  from unnest(:layer_ordinal::int[], :layer_set_id::uuid[], :layer_parcel_place::int[], :layer_mask_no::int[], :layer_bounds::boolean[],
      :layer_id::uuid[], :layer_feature_no::int[], :layer_piece_no::int[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, bounds, layer_id, feature_no, piece_no, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
  join layer_piece l on l.region_code = :region_code::text and l.layer_id = r.layer_id and l.feature_no = r.feature_no and l.piece_no = r.piece_no
  union all
  select r.ordinal, r.set_id, r.parcel_place, r.mask_no, false, null, false, 1000000 + r.place, common_part(p.geom, q.geom)
  from unnest(:other_ordinal::int[], :other_set_id::uuid[], :other_parcel_place::int[], :other_mask_no::int[], :other_of_set_id::uuid[], :other_of_place::int[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, of_set_id, of_place, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
  join parcel q on q.region_code = :region_code::text and q.parcel_set_id = r.of_set_id and q.ordinal = r.of_place
  union all
  select r.ordinal, r.set_id, r.parcel_place, r.mask_no, false, null, false, 2000000 + r.place,
         common_part(p.geom, st_transform(st_segmentize(st_makeenvelope(r.x0, r.y0, r.x1, r.y1, :raster_srid::int), :segment::float8), 4490))
  from unnest(:rect_ordinal::int[], :rect_set_id::uuid[], :rect_parcel_place::int[], :rect_mask_no::int[], :rect_x0::float8[], :rect_y0::float8[],
      :rect_x1::float8[], :rect_y1::float8[])
    with ordinality as r (ordinal, set_id, parcel_place, mask_no, x0, y0, x1, y1, place)
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = r.set_id and p.ordinal = r.parcel_place
  union all
  -- the masks themselves, so that one without any part is there too; the first has the ways of its parcel's pieces with it
  select m.*, false, 0, null
  from unnest(:mask_ordinal::int[], :mask_set_id::uuid[], :mask_parcel_place::int[], :mask_no::int[], :mask_rest::boolean[], :mask_ways::jsonb[]) as m
), merged as materialized (
  select ordinal, set_id, parcel_place, mask_no, bool_or(rest) as rest, (array_agg(ways) filter (where ways is not null))[1] as ways,
         array_agg(geom order by place) filter (where geom is not null and not bounds) as under,
         array_agg(geom order by place) filter (where geom is not null and bounds) as within
  from part
  group by ordinal, set_id, parcel_place, mask_no
), shaped as materialized (
  select ordinal, set_id, parcel_place, mask_no, rest, ways,
         case when array_length(under, 1) = 1 then under[1] else united(under) end as under,
         case when array_length(within, 1) = 1 then within[1] else united(within) end as within
  from merged
), masked as materialized (
  select s.ordinal, s.set_id, s.parcel_place, (array_agg(s.ways) filter (where s.ways is not null))[1] as ways,
         array_agg(case
           when not s.rest then coalesce(s.under, st_setsrid('multipolygon empty'::geometry, 4490))
           when s.under is null then coalesce(s.within, p.geom)
           else rest_of(coalesce(s.within, p.geom), s.under) end order by s.mask_no) as masks
  from shaped s
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = s.set_id and p.ordinal = s.parcel_place
  group by s.ordinal, s.set_id, s.parcel_place
), drawn as materialized (
  select m.ordinal, w.piece_no, case when count(*) = 1 then (array_agg(c.shape))[1] else united(array_agg(c.shape order by w.plus)) end as geom
  from masked m
  join parcel p on p.region_code = :region_code::text and p.parcel_set_id = m.set_id and p.ordinal = m.parcel_place
  cross join lateral jsonb_to_recordset(m.ways) as w (piece_no int, plus int[], minus int[])
  cross join lateral (select way_shape(p.geom, m.masks, w.plus, w.minus) as shape offset 0) c
  group by m.ordinal, w.piece_no
)
insert into piece (region_code, result_id, piece_no, reasons, measure, area_m2, geom)
select :region_code::text, b.result_id, b.piece_no, b.reasons, b.measure, b.area_m2,
       case when b.all_of_it then (select p.geom from parcel p where p.region_code = :region_code::text and p.parcel_set_id = b.set_id and p.ordinal = b.parcel_place)
            else st_multi(d.geom) end
from unnest(:book_ordinal::int[], :book_set_id::uuid[], :book_parcel_place::int[], :book_result_id::uuid[], :book_piece_no::int[], :book_reasons::jsonb[],
    :book_measure::text[], :book_area_m2::float8[], :book_all_of_it::boolean[])
  as b (ordinal, set_id, parcel_place, result_id, piece_no, reasons, measure, area_m2, all_of_it)
left join drawn d on d.ordinal = b.ordinal and d.piece_no = b.piece_no
