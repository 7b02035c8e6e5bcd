-- One layer that is ready, newest first; place is what the next page starts after. layer_id or bytes narrow it to one.
select l.layer_id, l.region_code, l.type, l.year, l.name, l.file_name, l.sha256, l.source, l.code_system, l.feature_count, l.raster, l.decisions, l.warnings,
       l.created_at, l.created_at::text as place
from layer l
where l.state = 'ready'
  and (:layer_id::uuid is null or l.layer_id = :layer_id::uuid)
  and (:type::text is null or l.type = :type::text)
  and (:region_code::text is null or l.region_code = :region_code::text)
  and (:after_at::timestamptz is null or (l.created_at, l.layer_id, l.region_code) < (:after_at::timestamptz, :after_id::uuid, :after_region::text))
order by l.created_at desc, l.layer_id desc, l.region_code desc
limit :limit::int
