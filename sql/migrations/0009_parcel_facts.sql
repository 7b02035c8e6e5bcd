-- Whether a parcel of a new version of a set is the old one in every fact a check asks for: one value to compare, in the index by place, so
-- that of 100,000 parcels 18 MB are read for 160. Figures by their bits: what a session is set to print does not enter. Never to be changed:
-- what is stored was made by it. (A change wants another function and column.)
create function parcel_facts(
  project_code text, project_name text, township text, plot_type text, accepted_on date, pending boolean, declared_area_m2 float8,
  declared_net_m2 float8, faults jsonb, geometry_hash text, area_m2 float8
) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(row(
    project_code, project_name, township, plot_type, accepted_on - date '2000-01-01', pending, encode(float8send(declared_area_m2), 'hex'),
    encode(float8send(declared_net_m2), 'hex'), faults, geometry_hash, encode(float8send(area_m2), 'hex')
  )::text, 'UTF8'))
$$;

alter table parcel add column facts bytea not null generated always as (
  parcel_facts(project_code, project_name, township, plot_type, accepted_on, pending, declared_area_m2, declared_net_m2, faults, geometry_hash, area_m2)
) stored;

alter table parcel drop constraint parcel_pkey;
alter table parcel add constraint parcel_pkey primary key (region_code, parcel_set_id, ordinal) include (parcel_id, facts);
