-- One row per parcel of an indexed run that the filters match, in the order asked for, from after a place on, each with how many match
-- in all; where the page is empty one row without a parcel. Filters are null where not asked for.
with matched as materialized (
  select r.ordinal,
         case :sort::text when 'area_m2' then r.area_m2 when 'deduct_area_m2' then r.deduct_area_m2
                          when 'restore_area_m2' then r.restore_area_m2 when 'remediate_area_m2' then r.remediate_area_m2 end as number_key,
         case :sort::text when 'parcel_id' then r.parcel_id when 'project_code' then r.project_code
                          when 'township' then r.township end collate "C" as text_key
  from run_rows(:region_code::text, :run_id::uuid, :check_ids::text[]) r
  where (:verdict::text is null or r.verdict = :verdict::text)
    and (:project_code::text is null or r.project_code = :project_code::text)
    and (:township::text is null or r.township = :township::text)
    and (:area_min::float8 is null or r.area_m2 >= :area_min::float8)
    and (:area_max::float8 is null or r.area_m2 <= :area_max::float8)
    and (:q::text is null or strpos(r.found_in, :q::text) > 0)
    and (:west::float8 is null or (r.parcel_set_id, r.parcel_ordinal) in (
      select p.parcel_set_id, p.ordinal from parcel p
      where p.region_code = :region_code::text
        and p.geom && st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490)
        and st_intersects(p.geom, st_makeenvelope(:west::float8, :south::float8, :east::float8, :north::float8, 4490))))
    and (:outcome::text is null or :check_mask::int & case :outcome::text
      when 'fail' then r.fail_mask when 'pass' then r.pass_mask when 'undetermined' then r.undetermined_mask
      else ~(r.fail_mask | r.pass_mask | r.undetermined_mask) end <> 0)
    and (:state::text is null or :check_mask::int & case :state::text
      when 'suspected' then r.suspected_mask when 'confirmed' then r.confirmed_mask when 'rejected' then r.rejected_mask
      else r.stale_mask end <> 0)
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
