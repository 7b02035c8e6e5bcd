-- One row while the base is there: it cannot be deleted before the transaction that asked has ended.
select b.layer_id
from layer b
where b.region_code = :region_code::text and b.layer_id = :base_id::uuid and b.state = 'ready'
for share
