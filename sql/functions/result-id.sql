-- The id of a result: one parcel under one set of evidence (layers, parameters, checks, engines, sets taking part; hashed by the
-- run into `evidence`). The same evidence gives the same id, so that a chunk done twice writes one row.
create or replace function result_id(evidence text, parcel_set uuid, parcel_ordinal int)
returns uuid language sql immutable as $$
  select md5(evidence || '/' || parcel_set::text || '/' || parcel_ordinal::text)::uuid
$$;
