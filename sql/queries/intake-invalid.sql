-- One row per invalid shape of a batch: its place in the batch (from 1) and the first fault GEOS finds, in the plane of the file.
select shape.place::int as place,
       coalesce(detail.reason, 'unknown')::text as reason,
       st_x(detail.location) as x,
       st_y(detail.location) as y
from (
  select given.place, st_geomfromwkb(substring(:wkb::bytea from given.wkb_from for given.wkb_bytes), :srid::int) as geom
  from unnest(:wkb_from::int[], :wkb_bytes::int[]) with ordinality as given(wkb_from, wkb_bytes, place)
  where given.wkb_bytes is not null
) shape
cross join lateral st_isvaliddetail(shape.geom) as detail
-- nearly all are sound, and to say just that takes half as long
where not st_isvalid(shape.geom)
order by shape.place
