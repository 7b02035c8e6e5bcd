-- One row per piece of a layer whose box meets that of a parcel of the chunk, with what its polygon says of itself.
-- Layers in `layers` lie over everyone; of the others a parcel gets those it asks for, so that years of land use no check looks at are not read.
with asked as materialized (
  select a.ordinal, array_agg(a.layer_id) as layers
  from unnest(:asked_ordinal::int[], :asked_layer_id::uuid[]) as a (ordinal, layer_id)
  group by a.ordinal
)
select rr.ordinal, near.layer_id, near.feature_no, near.piece_no, near.name, near.number, near.class_code, near.planting, near.slope_class,
       near.measure, near.approval, near.dated, near.issue_source, near.shape
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
left join asked on asked.ordinal = rr.ordinal
-- offset 0: parcel by parcel through the index, whatever the planner believes of tables it has not seen analysed
cross join lateral (
  select l.layer_id::text as layer_id, l.feature_no, l.piece_no, f.name, f.number, coalesce(f.class_code, '') as class_code,
         coalesce(f.planting, '') as planting, f.slope_class, f.measure, f.approval, f.dated::text as dated, f.issue_source,
         st_asbinary(l.geom, 'NDR') as shape
  from layer_piece l
  join layer_feature f on f.region_code = l.region_code and f.layer_id = l.layer_id and f.feature_no = l.feature_no
  where l.region_code = :region_code::text and l.layer_id = any (:layers::uuid[] || asked.layers) and l.geom && p.geom
  offset 0
) near
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int and (:again::boolean or rr.result_id is null) and p.area_m2 > 0
