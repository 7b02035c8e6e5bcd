-- One row per other county whose stored boundary holds most of the set: of its first thousand parcels with a shape, how many.
with boundary as (
  select distinct on (region_code) region_code, layer_id
  from layer
  where type = 'boundary' and state = 'ready' and region_code <> :region_code::text
  order by region_code, created_at desc, layer_id
),
sample as (
  select ordinal, geom
  from parcel
  where region_code = :region_code::text and parcel_set_id = :parcel_set_id::uuid and area_m2 > 0
  order by ordinal
  limit 1000
)
select b.region_code, count(distinct p.ordinal)::int as parcels, (select count(*)::int from sample) as of_parcels
from boundary b
join layer_piece piece on piece.region_code = b.region_code and piece.layer_id = b.layer_id
join sample p on st_intersects(p.geom, piece.geom)
group by b.region_code
having 2 * count(distinct p.ordinal) > (select count(*) from sample)
order by parcels desc, b.region_code
