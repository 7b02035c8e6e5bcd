-- What is wrong with a shape, by its codes; '' of checks that list no problems.
create or replace function problem_codes(detail jsonb)
returns text language sql immutable as $$
  select coalesce(string_agg(distinct p.problem ->> 'code', ',' order by p.problem ->> 'code'), '')
  from jsonb_array_elements(case jsonb_typeof(detail -> 'problems') when 'array' then detail -> 'problems' else '[]' end) as p(problem)
$$;
