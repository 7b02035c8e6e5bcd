-- The group of one land-use code under its classification; null for an empty code (land whose class is not known).
-- The same rules as groupOf in server/domain/land-class.ts, held together by tests/domain/land-class-sql.test.ts.
create or replace function land_class_group(code text, code_system text) returns text
language sql immutable parallel safe
as $$
  select case
    when upper(btrim(code)) = '' or code is null then null
    when left(upper(btrim(code)), 2) = '01' then 'farmland'
    when left(upper(btrim(code)), 2) = '02' then 'orchard'
    when left(upper(btrim(code)), 2) = '03' then 'forest'
    when left(upper(btrim(code)), 2) = '04' then 'grassland'
    when code_system = 'td3' then case
      when btrim(code) ~ '^(0[5-9]|100[1-5]|100[7-9]|1109|1201)' then 'construction'
      when btrim(code) ~ '^1202' then 'facility'
      when btrim(code) ~ '^(110[1-4]|1107|1110)' then 'water'
      else 'other' end
    when code_system = 'td2' then case
      when btrim(code) ~ '^(0[5-9]|20|10[1-3]|10[5-7]|118|121)' then 'construction'
      when btrim(code) ~ '^122' then 'facility'
      when btrim(code) ~ '^(11[1-4]|117|119)' then 'water'
      else 'other' end
    when code_system = 'yhyh' then case
      when btrim(code) ~ '^(0501|0502|0507)' then 'forest'
      when btrim(code) ~ '^0503' then 'grassland'
      when btrim(code) ~ '^060[2-4]' then 'facility'
      when btrim(code) ~ '^(0[7-9]|1[0-5]|2301)' then 'construction'
      when btrim(code) ~ '^17' then 'water'
      else 'other' end
  end
$$
