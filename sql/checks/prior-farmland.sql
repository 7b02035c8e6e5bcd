-- One measured row per parcel of the given ones: what of it already was 耕地 (01*) in the land-use year before the project.
with profile as materialized (
  select * from land_use_profile(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[])
), m as materialized (
  select * from land_use_mask(:region_code::text, :run_id::uuid, :ordinals::int[], :layers::uuid[], 'farmland')
), base as materialized (
  select * from unnest(:ordinals::int[], :base_years::int[], :base_year_sources::text[]) as t (ordinal, base_year, base_year_source)
), kept_mask as (
  insert into mask (region_code, run_id, ordinal, check_id, measure, whole, area_m2, geom)
  select :region_code::text, :run_id::uuid, m.ordinal, 'prior-farmland', 'deduct', m.whole, m.area_m2, m.geom
  from m where m.area_m2 > :min_area_m2::float8
)
insert into measured (region_code, run_id, ordinal, check_id, area_m2, unknown_area_m2, unknown_reason, detail)
select :region_code::text, :run_id::uuid, p.ordinal, 'prior-farmland', coalesce(m.area_m2, 0),
       greatest(p.area_m2 - coalesce(f.covered_m2, 0), 0), 'outside-coverage',
       jsonb_build_object('year', :year::int, 'base_year', b.base_year, 'base_year_source', b.base_year_source,
         'by_class', coalesce(f.by_class, '{}'), 'hits', coalesce(m.hits, '[]'))
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
join base b using (ordinal)
left join profile f using (ordinal)
left join m using (ordinal)
