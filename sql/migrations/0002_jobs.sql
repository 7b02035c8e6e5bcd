-- What clients see of background work, and what keeps a request said twice from being done twice.
-- Local tables: a job belongs to the service, not to a county. Delivery, retry and resume are pg-boss's, in its own schema.

-- One piece of background work. attempt is the fencing token: whoever writes names the attempt it holds, and an older
-- one finds no row. faults counts engine faults survived (the second fails the job), crashes the processes that died over it.
create table job (
  job_id uuid primary key,
  kind text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress float8 not null default 0 check (progress between 0 and 1),
  input jsonb not null default '{}',
  result jsonb,
  problem jsonb,
  subject_id uuid,
  upload_sha256 text,
  request_id text,
  cancel_requested boolean not null default false,
  attempt int not null default 0,
  faults int not null default 0,
  crashes int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index job_subject on job (subject_id, created_at);
create index job_unfinished on job (created_at) where state in ('queued', 'running');
create index job_upload on job (upload_sha256);

-- The answer to a POST that named an Idempotency-Key; status is null while the first of them is being answered.
create table idempotency_key (
  call text not null,
  key text not null,
  request_sha256 text not null,
  status int,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (call, key)
);

-- Ids alone are what the outside knows; region_code leads the primary keys, so they need a way in of their own.
create index layer_by_id on layer (layer_id);
create index parcel_set_by_id on parcel_set (parcel_set_id);
create index run_by_id on run (run_id);
create index run_layer_by_layer on run_layer (layer_id);
create index layer_by_bytes on layer (sha256);
create index parcel_set_by_bytes on parcel_set (sha256);
