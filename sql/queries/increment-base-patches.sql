-- One row per polygon of a land-use layer within a stretch of their numbers: its identifier and its area as its attributes say, by the first attribute filled in.
select f.feature_no,
       (select nullif(btrim(f.attributes ->> n.name), '')
        from unnest(:number_fields::text[]) with ordinality as n(name, place)
        where nullif(btrim(f.attributes ->> n.name), '') is not null order by n.place limit 1) as number,
       (select nullif(btrim(f.attributes ->> n.name), '')
        from unnest(:area_fields::text[]) with ordinality as n(name, place)
        where nullif(btrim(f.attributes ->> n.name), '') is not null order by n.place limit 1) as area
from layer_feature f
where f.region_code = :region_code::text and f.layer_id = :layer_id::uuid and f.feature_no between :first::int and :last::int
order by f.feature_no
