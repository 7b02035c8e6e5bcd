-- One row per layer a run takes when none are named: the newest ready one of each type, of land use the newest of each year.
select distinct on (l.type, case when l.type = 'land-use' then l.year end) l.layer_id
from layer l
where l.region_code = :region_code::text and l.state = 'ready'
order by l.type, case when l.type = 'land-use' then l.year end, l.year desc nulls last, l.created_at desc, l.layer_id
