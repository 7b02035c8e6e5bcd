-- One row per column of a table that holds no shape.
select attname::text as name
from pg_attribute
where attrelid = :table_name::text::regclass and attnum > 0 and not attisdropped and atttypid <> 'geometry'::regtype
order by attnum
