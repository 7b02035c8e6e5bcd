-- One row per finding of the results that are new. Ids, words and details come once each and are named by their places: of 12,000 findings
-- of a chunk two thirds say the same as another, and reading texts is what storing them costs (130 ms a chunk, 85 so).
insert into finding (region_code, result_id, check_id, outcome, reason, measure, area_m2, share, unknown_area_m2, detail)
select :region_code::text, r.result_id, w.check_id, w.outcome, w.reason, w.measure, f.area_m2, f.share, f.unknown_area_m2, d.detail
from unnest(:result_no::int[], :word_no::int[], :detail_no::int[], :area_m2::float8[], :share::float8[], :unknown_area_m2::float8[])
  as f (result_no, word_no, detail_no, area_m2, share, unknown_area_m2)
join unnest(:result_id::uuid[]) with ordinality as r (result_id, no) on r.no = f.result_no
join unnest(:check_id::text[], :outcome::text[], :reason::text[], :measure::text[]) with ordinality as w (check_id, outcome, reason, measure, no)
  on w.no = f.word_no
join jsonb_array_elements(:details::jsonb) with ordinality as d (detail, no) on d.no = f.detail_no
