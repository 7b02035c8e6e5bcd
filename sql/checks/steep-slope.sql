-- One measured row per parcel: what of it is steeper than the limit. The raster speaks through rectangles of steep (or valueless)
-- cells in its own plane, found from the exact coverage of cells; the published 禁止开垦陡坡地 polygons count as steep whatever the raster says.
with given as materialized (
  select g.* from unnest(:ordinals::int[], :unknown_shares::float8[], :unknown_reasons::text[], :all_steep::boolean[], :class_shares::text[], :means::float8[], :maxima::float8[])
    as g (ordinal, unknown_share, unknown_reason, all_steep, class_shares, mean_deg, max_deg)
), rect as materialized (
  select r.ordinal, r.steep,
         st_transform(st_segmentize(st_union(st_makeenvelope(r.x0, r.y0, r.x1, r.y1, :srid::int) order by r.x0, r.y0), :segment::float8), 4490) as geom
  from unnest(:rect_ordinals::int[], :rect_steep::boolean[], :x0::float8[], :y0::float8[], :x1::float8[], :y1::float8[])
    as r (ordinal, steep, x0, y0, x1, y1)
  group by r.ordinal, r.steep
), ban as materialized (
  select * from layer_mask(:region_code::text, :run_id::uuid, :first::int, :last::int, :ban_layers::uuid[])
), shape as materialized (
  select p.ordinal, p.area_m2 as parcel_m2, g.unknown_share, g.unknown_reason, g.class_shares::jsonb as class_shares, g.mean_deg, g.max_deg,
         b.ordinal is not null as banned, b.hits, coalesce(b.whole, false) or g.all_steep as whole,
         case
           when coalesce(b.whole, false) or g.all_steep then null
           when s.ordinal is null then b.geom
           when b.ordinal is null then common_part(p.geom, s.geom)
           else united(array[common_part(p.geom, s.geom), b.geom])
         end as geom,
         case when coalesce(b.whole, false) then 0
              when b.ordinal is not null and (u.ordinal is not null or g.unknown_share = 1)
              then st_area(rest_of(case when g.unknown_share = 1 then p.geom else common_part(p.geom, u.geom) end, b.geom)::geography)
              else g.unknown_share * p.area_m2 end as unknown_m2
  from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
  join given g using (ordinal)
  left join rect s on s.ordinal = p.ordinal and s.steep
  left join rect u on u.ordinal = p.ordinal and not u.steep
  left join ban b on b.ordinal = p.ordinal
), sized as materialized (
  select s.*, case when s.whole then s.parcel_m2 when s.geom is null or st_isempty(s.geom) then 0 else st_area(s.geom::geography) end as area_m2
  from shape s
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, s.ordinal, 'steep-slope', 'deduct', s.whole, s.area_m2, s.geom
  from sized s where s.area_m2 > :min_area_m2::float8
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, s.ordinal, 'steep-slope', s.area_m2, s.unknown_m2, s.unknown_reason,
       jsonb_build_object('source', :source::text, 'cell_m', :cell_m::float8, 'max_slope_deg', s.max_deg, 'mean_slope_deg', s.mean_deg,
         'limit_deg', :max_slope_deg::float8, 'hits', coalesce(s.hits, '[]'),
         'class_area_m2', (
           select jsonb_agg(case
                    when k.place = 5 and fit.to_books then s.area_m2
                    when fit.to_books and fit.rest_share > 0 then k.share::float8 * greatest(s.parcel_m2 * (1 - s.unknown_share) - s.area_m2, 0) / fit.rest_share
                    else k.share::float8 * s.parcel_m2 end order by k.place)
           from jsonb_array_elements_text(s.class_shares) with ordinality k (share, place)))
from sized s
-- where the limit is the survey's own edge of class 5, that class says the same digits as the finding
cross join lateral (
  select :max_slope_deg::float8 = 25 and not s.banned as to_books,
         (select sum(k.share::float8 order by k.place) from jsonb_array_elements_text(s.class_shares) with ordinality k (share, place) where k.place < 5) as rest_share
) fit
