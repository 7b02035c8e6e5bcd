-- A project code as parcels and the register are joined by: blanks at its ends (ASCII, no-break, ideographic) do not tell projects apart.
-- server/domain/project.ts says the same.
create or replace function plain_code(code text)
returns text language sql immutable parallel safe as $$
  select btrim(code, U&' \0009\000A\000D\00A0\3000')
$$;
