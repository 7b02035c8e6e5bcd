-- A decision as it is told: with what came after it on the same flag and shape, and what it refers to.
create view review_record as
select r.region_code, r.review_id, r.event_no, r.project_code, r.parcel_id, r.check_id, r.geometry_hash, r.decision, r.measure, r.measure_chosen,
       r.reason, r.person_id, r.person_name, r.decided_at, r.supersedes, r.batch_id, r.run_id, r.result_id, r.outcome, r.figure_m2, r.evidence,
       (select n.review_id from review n where n.region_code = r.region_code and n.supersedes = r.review_id) as superseded_by,
       (select coalesce(jsonb_agg(jsonb_build_object(
                 'attachment_id', a.attachment_id, 'file_name', a.file_name, 'media_type', a.media_type, 'bytes', a.bytes, 'width', a.width,
                 'height', a.height, 'lon', a.lon, 'lat', a.lat, 'taken_at', a.taken_at, 'camera', a.camera, 'distance_m', t.distance_m)
               order by t.place), '[]')
        from review_attachment t
        join attachment a on a.region_code = t.region_code and a.attachment_id = t.attachment_id
        where t.region_code = r.region_code and t.review_id = r.review_id) as attachments
from review r
