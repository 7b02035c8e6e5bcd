-- One row per piece of the polygons that increment-copy-features copied, by the same parameters and under the same new numbers.
insert into layer_piece (region_code, layer_id, feature_no, piece_no, geom)
select p.region_code, :layer_id::uuid, :before::int + kept.place, p.piece_no, p.geom
from (
  select f.feature_no, row_number() over (order by f.feature_no)::int as place
  from layer_feature f
  where f.region_code = :region_code::text and f.layer_id = :base_id::uuid and f.feature_no between :first::int and :last::int
    and f.feature_no <> all(:left_out::int[])
) kept
join layer_piece p on p.region_code = :region_code::text and p.layer_id = :base_id::uuid and p.feature_no = kept.feature_no
  and p.feature_no between :first::int and :last::int
