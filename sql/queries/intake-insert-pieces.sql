-- One row per piece: the polygons of a batch of features cut to at most 128 vertices, which is what overlays run on. A polygon of fewer, as
-- nearly all land use is, is its own piece and was found sound when it was stored.
with feature as materialized (
  select f.feature_no, f.geom, st_npoints(f.geom) <= 128 and st_numgeometries(f.geom) = 1 as whole
  from layer_feature f
  where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid
    and f.feature_no between :first::int and :last::int and f.geom is not null
)
insert into layer_piece (region_code, layer_id, feature_no, piece_no, geom)
select :region_code::text, :layer_id::uuid, f.feature_no, 1, st_geometryn(f.geom, 1)
from feature f
where f.whole
union all
-- numbered by their place, not by the order the engine cut them in
select :region_code::text, :layer_id::uuid, cut.feature_no,
       row_number() over (
         partition by cut.feature_no
         order by st_xmin(cut.geom), st_ymin(cut.geom), st_xmax(cut.geom), st_ymax(cut.geom), st_npoints(cut.geom), st_asbinary(cut.geom)
       )::int,
       cut.geom
from (
  select f.feature_no, piece.geom
  from feature f
  cross join lateral cut_to_pieces(f.geom, 128) as piece (geom)
  where not f.whole
) cut
