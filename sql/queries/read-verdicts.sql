-- One row per parcel of a run in upload order, from after a place on or of the places given, with its books, findings and pieces.
select rr.ordinal, rr.parcel_set_id::text as parcel_set_id, p.parcel_id, p.client_id, p.project_code, p.project_name, rr.township, p.declared_area_m2,
       p.declared_net_m2, p.accepted_on::text as accepted_on, p.target_class, p.grade, p.capacity_kg, p.source_file, p.attributes, p.geometry_hash,
       s.area_m2, s.verdict, s.deduct_area_m2, s.restore_area_m2, s.remediate_area_m2, s.kept_area_m2, s.kept_unverified_area_m2, s.net,
       case when p.area_m2 > 0 and :with_geometry::boolean then st_asgeojson(p.geom, 12, 0) end as geometry,
       case when p.area_m2 > 0 and :srid::int is not null then st_asbinary(st_transform(p.geom, :srid::int), 'NDR') end as wkb,
       (select jsonb_object_agg(f.check_id, jsonb_strip_nulls(jsonb_build_object('outcome', f.outcome, 'reason', f.reason, 'area_m2', f.area_m2,
                 'share', f.share, 'unknown_area_m2', f.unknown_area_m2)) || f.detail)
        from finding f where f.region_code = rr.region_code and f.result_id = rr.result_id) as checks,
       coalesce((select jsonb_agg(jsonb_build_object('reasons', b.reasons, 'measure', b.measure, 'area_m2', b.area_m2) order by b.piece_no)
        from piece b where b.region_code = rr.region_code and b.result_id = rr.result_id), '[]') as pieces
from run_result rr
join result s on s.region_code = rr.region_code and s.result_id = rr.result_id
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal > :after::int
  and (:ordinals::int[] is null or rr.ordinal = any (:ordinals::int[]))
  and (not :only_flagged::boolean or s.verdict <> 'compliant')
  and (:parcel_id::text is null or p.parcel_id = :parcel_id::text)
order by rr.ordinal
limit :limit::int
