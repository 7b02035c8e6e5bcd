-- One row per invalid shape of a batch: its place in the batch (from 1) and the first fault GEOS finds, in the plane of the file.
select shape.place::int as place,
       coalesce(detail.reason, 'unknown')::text as reason,
       st_x(detail.location) as x,
       st_y(detail.location) as y
from unnest(:wkb::bytea[]) with ordinality as shape(wkb, place)
cross join lateral st_isvaliddetail(st_geomfromwkb(shape.wkb, :srid::int)) as detail
where shape.wkb is not null and not detail.valid
order by shape.place
