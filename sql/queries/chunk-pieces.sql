-- One row per piece of the layers whose box meets one of the boxes, which hold the parcels of a chunk, with what its polygon says of itself.
select near.layer_id::text as layer_id, near.feature_no, near.piece_no, f.name, f.number, coalesce(f.class_code, '') as class_code,
       coalesce(f.planting, '') as planting, f.slope_class, f.measure, f.approval, f.dated::text as dated, f.issue_source,
       st_asbinary(near.geom, 'NDR') as shape
from (
  select distinct on (l.layer_id, l.feature_no, l.piece_no) l.layer_id, l.feature_no, l.piece_no, l.geom
  from unnest(:west::float8[], :south::float8[], :east::float8[], :north::float8[]) as b (west, south, east, north)
  -- offset 0: box by box through the index, whatever the planner believes of tables it has not seen analysed
  cross join lateral (
    select p.layer_id, p.feature_no, p.piece_no, p.geom
    from layer_piece p
    where p.region_code = :region_code::text and p.layer_id = any (:layers::uuid[])
      and p.geom && st_makeenvelope(b.west, b.south, b.east, b.north, 4490)
    offset 0
  ) l
) near
cross join lateral (
  select i.*
  from layer_feature i
  where i.region_code = :region_code::text and i.layer_id = near.layer_id and i.feature_no = near.feature_no
  offset 0
) f
