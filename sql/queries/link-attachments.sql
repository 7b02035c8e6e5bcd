-- Hangs attachments on decisions, one for each element of rows; distance_m from where a photo was taken to the parcel as it was decided on.
insert into review_attachment (region_code, review_id, place, attachment_id, distance_m)
select :region_code::text, l.review_id, l.place, l.attachment_id,
       case when a.lon is not null then (
         select st_distance(p.geom::geography, st_setsrid(st_makepoint(a.lon, a.lat), 4490)::geography)
         from parcel p
         where p.region_code = :region_code::text and p.geometry_hash = l.geometry_hash and p.parcel_id = l.parcel_id
           and p.area_m2 > 0
         limit 1) end
from jsonb_to_recordset(:rows::jsonb) as l(review_id uuid, place int, attachment_id text, geometry_hash text, parcel_id text)
join attachment a on a.region_code = :region_code::text and a.attachment_id = l.attachment_id
