-- One row: does the region have a boundary, and does any parcel of the set meet it.
with boundary as (
  select layer_id
  from layer
  where region_code = :region_code::text and type = 'boundary' and state = 'ready'
  order by created_at desc, layer_id
  limit 1
)
select exists (select from boundary) as known,
       exists (
         select
         from boundary b
         join layer_piece piece on piece.region_code = :region_code::text and piece.layer_id = b.layer_id
         join parcel p on p.region_code = :region_code::text and p.parcel_set_id = :parcel_set_id::uuid and st_intersects(p.geom, piece.geom)
       ) as meets
