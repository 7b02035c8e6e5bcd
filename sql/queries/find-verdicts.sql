-- One row per parcel of an indexed run that the filters match, in the order asked for, from after a place on, each with how many match
-- in all; where the page is empty one row without a parcel. Filters are null where not asked for.
with matched as materialized (
  select r.ordinal,
         case :sort::text when 'area_m2' then r.area_m2 when 'deduct_area_m2' then r.deduct_area_m2
                          when 'restore_area_m2' then r.restore_area_m2 when 'remediate_area_m2' then r.remediate_area_m2 end as number_key,
         case :sort::text when 'parcel_id' then r.parcel_id when 'project_code' then r.project_code
                          when 'township' then r.township end collate "C" as text_key
  from run_rows_asked(
    :region_code::text, :run_id::uuid, :check_ids::text[], :check_mask::int, :verdict::text, :outcome::text, :state::text, :project_code::text,
    :township::text, :area_min::float8, :area_max::float8, :q::text, :west::float8, :south::float8, :east::float8, :north::float8) r
), page as (
  select m.ordinal, m.number_key, m.text_key,
         row_number() over (order by
           case when :descending::boolean then -m.number_key else m.number_key end,
           case when not :descending::boolean then m.text_key end,
           case when :descending::boolean then m.text_key end desc, m.ordinal) as place
  from matched m
  where :after::int = 0
     or (m.number_key is not distinct from :after_number::float8 and m.text_key is not distinct from :after_text::text collate "C" and m.ordinal > :after::int)
     or (case when :descending::boolean then m.number_key < :after_number::float8 else m.number_key > :after_number::float8 end)
     or (case when :descending::boolean then m.text_key < :after_text::text else m.text_key > :after_text::text end)
)
select p.ordinal, p.number_key, p.text_key, c.matched
from (select count(*)::int as matched from matched) c
left join (select * from page where place <= :limit::int) p on true
order by p.place
