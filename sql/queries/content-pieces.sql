-- One row: of the pieces of the polygons within a stretch of numbers, the digests of their shapes, one after the other.
select count(*)::int as row_count,
       coalesce(string_agg(sha256((l.feature_no || '|' || l.piece_no)::bytea || st_asbinary(l.geom, 'NDR')), ''
         order by l.feature_no, l.piece_no), '') as digests
from layer_piece l
where l.region_code = :region_code::text and l.layer_id = :layer_id::uuid and l.feature_no between :first::int and :last::int
