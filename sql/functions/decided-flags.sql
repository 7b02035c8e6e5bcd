-- The newest decision on each check of each parcel of a run: on the parcel's present shape, else the one that still stands on another shape.
-- Only parcels that were decided on have a row. What is stale: the figure from 0.01 m² and a millionth on, since engines round differently in
-- the tenth-millionth; layers by content, whatever they are called. Findings are read only where the run has another result than was
-- decided on, and in place, not by functions, which alone took 50 µs each.
create or replace function decided_flags(region text, of_run uuid)
returns table (ordinal int, check_id text, review_id uuid, decision text, batch_id uuid, stale_geometry boolean, stale_layer boolean,
               stale_figure boolean)
language sql stable as $$
  select d.ordinal, d.check_id, d.review_id, d.decision, d.batch_id, d.elsewhere, d.marks & 1 <> 0, d.marks & 2 <> 0
  from (
    select distinct on (i.ordinal, h.check_id)
           i.ordinal, h.check_id, h.review_id, h.decision, h.batch_id, h.decision <> 'withdrawn' and h.geometry_hash <> i.geometry_hash as elsewhere,
           case
             when h.decision = 'withdrawn' or h.run_id = of_run then 0
             -- one result for both: it names its layers by place, and they are the same or not
             when h.result_id = i.result_id then case when h.places <@ r.places then 0 else 1 end
             else coalesce((
               select case when h.evidence <> coalesce((
                        select string_agg(e.content_sha256, ',' order by e.content_sha256 collate "C")
                        from evidence_rows(f.check_id, f.detail, r.contents) e), '') then 1 else 0 end
                    + case when h.outcome <> f.outcome
                             or h.problem_codes <> case when f.detail ? 'problems' then problem_codes(f.detail) else '' end
                             or abs(coalesce(h.figure_m2, 0) - coalesce(figure_of(f.area_m2, f.detail), 0))
                                > greatest(0.01, 1e-6 * abs(h.figure_m2)) then 2 else 0 end
               from finding f
               where f.region_code = region and f.result_id = i.result_id and f.check_id = h.check_id), 2)
           end as marks
    from run_index i
    join flag_review h on h.region_code = i.region_code and h.project_code = i.project_code and h.parcel_id = i.parcel_id
    cross join (
      select c.contents, evidence_places(c.contents) as places from (select run_contents(region, of_run) as contents offset 0) c offset 0
    ) r
    where i.region_code = region and i.run_id = of_run
      and (h.geometry_hash = i.geometry_hash or h.decision <> 'withdrawn')
    order by i.ordinal, h.check_id, h.geometry_hash = i.geometry_hash desc, h.event_no desc
  ) d
$$;
