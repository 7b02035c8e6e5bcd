-- One row per polygon of the base that polygons of the new layer within a stretch of numbers cover: how much of it, m². By pieces: patches of
-- one table do not overlap, and what little they do counts twice.
select b.feature_no, coalesce(sum(parcel_area_m2(c.geom) order by g.feature_no, g.piece_no, b.piece_no), 0) as area_m2
from layer_piece g
join layer_piece b on b.region_code = :region_code::text and b.layer_id = :base_id::uuid and b.geom && g.geom
cross join lateral common_part(b.geom, g.geom) as c (geom)
where g.region_code = :region_code::text and g.layer_id = :layer_id::uuid and g.feature_no between :first::int and :last::int
  and not st_isempty(c.geom)
group by b.feature_no
order by b.feature_no
