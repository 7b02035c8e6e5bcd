-- The ground: regions, reference layers, parcel sets, runs and their results.
-- region_code (six-digit county code) leads every key, so that a county's work stays on one node when the tables are distributed.
-- Geometry is EPSG:4490 everywhere; areas are m² on the CGCS2000 ellipsoid.
-- Keys are collate "C": compared by bytes, not by the language of the server; of 8 µs that a finding took to insert 3 were that.
create extension if not exists postgis;

create table region (
  region_code text collate "C" primary key check (region_code ~ '^[0-9]{6}$'),
  name text not null default ''
);

-- One immutable version of reference data. state 'loading' rows are invisible to everyone but their own job.
-- claim: who fills a 'loading' row; every batch names it and touches the row, so a writer taken for dead cannot write on.
-- content_sha256: of all its rows in the database, taken when it became ready (server/database/content.ts); sha256 is of the file.
create table layer (
  region_code text collate "C" not null,
  layer_id uuid not null,
  type text not null,
  year int,
  name text not null,
  file_name text not null,
  sha256 text not null,
  content_sha256 text,
  source text,
  code_system text,
  state text not null default 'loading' check (state in ('loading', 'ready', 'failed')),
  feature_count int not null default 0,
  raster jsonb,
  decisions jsonb not null default '{}',
  warnings jsonb not null default '[]',
  claim uuid,
  touched_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (region_code, layer_id)
);
create index layer_newest on layer (region_code, type, year, created_at) where state = 'ready';

-- One polygon as delivered (repaired where it had to be; then source_wkb keeps what came).
create table layer_feature (
  region_code text collate "C" not null,
  layer_id uuid not null,
  feature_no int not null,
  name text,
  number text,
  class_code text,
  planting text,
  slope_class int,
  measure text,
  approval text,
  dated date,
  issue_source text,
  attributes jsonb not null default '{}',
  faults jsonb not null default '[]',
  source_wkb bytea,
  source_srid int,
  geom geometry(MultiPolygon, 4490),
  primary key (region_code, layer_id, feature_no)
);

-- The same polygons cut to at most 128 vertices: what overlays run on (naive 86 s, on pieces 11 s for five times the parcels).
create table layer_piece (
  region_code text collate "C" not null,
  layer_id uuid not null,
  feature_no int not null,
  piece_no int not null,
  geom geometry(Polygon, 4490) not null,
  primary key (region_code, layer_id, feature_no, piece_no)
);
create index layer_piece_geom on layer_piece using gist (geom);

-- Slope in degrees: deflated Float32LE, tile_size² cells, row-major from the top, NaN where there is no value.
-- A tile with no value at all is not stored.
create table raster_tile (
  region_code text collate "C" not null,
  layer_id uuid not null,
  tile_row int not null,
  tile_col int not null,
  data bytea not null,
  primary key (region_code, layer_id, tile_row, tile_col)
);

create table parcel_set (
  region_code text collate "C" not null,
  parcel_set_id uuid not null,
  name text not null,
  file_name text not null,
  sha256 text not null,
  content_sha256 text,
  state text not null default 'loading' check (state in ('loading', 'ready', 'failed')),
  feature_count int not null default 0,
  area_m2 float8 not null default 0,
  replaces jsonb not null default '[]',
  withdrawn_at timestamptz,
  accepted_at timestamptz,
  decisions jsonb not null default '{}',
  warnings jsonb not null default '[]',
  claim uuid,
  touched_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (region_code, parcel_set_id)
);

-- ordinal is the place in upload order, from 1. faults: every problem of the shape, with lon/lat.
create table parcel (
  region_code text collate "C" not null,
  parcel_set_id uuid not null,
  ordinal int not null,
  parcel_id text not null,
  client_id text not null,
  project_code text,
  project_name text,
  township text,
  declared_area_m2 float8,
  declared_net_m2 float8,
  plot_type text,
  accepted_on date,
  pending boolean not null default false,
  start_year int,
  target_class text,
  grade text,
  capacity_kg float8,
  source_file text not null,
  source_row int not null,
  attributes jsonb not null default '{}',
  faults jsonb not null default '[]',
  source_wkb bytea,
  source_srid int,
  geom geometry(MultiPolygon, 4490),
  geometry_hash text collate "C" not null,
  area_m2 float8 not null,
  primary key (region_code, parcel_set_id, ordinal),
  unique (region_code, parcel_set_id, parcel_id)
);
create index parcel_geom on parcel using gist (geom);
create index parcel_same_shape on parcel (region_code, geometry_hash);

create table run (
  region_code text collate "C" not null,
  run_id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  params jsonb not null default '{}',
  manifest jsonb not null default '{}',
  summary jsonb,
  problem jsonb,
  parcel_count int not null default 0,
  -- parcels whose result is that of an earlier run; null until that is settled
  reused_count int,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (region_code, run_id)
);

-- role: 'judged' sets get verdicts; 'earlier' ones only take part in parcel-overlap. ordinal is the order of acceptance:
-- of a pair that overlaps the later set carries the piece. A judged parcel's place in the run is first_ordinal + its own ordinal.
create table run_set (
  region_code text collate "C" not null,
  run_id uuid not null,
  ordinal int not null,
  parcel_set_id uuid not null,
  role text not null check (role in ('judged', 'earlier')),
  first_ordinal int not null default 0,
  primary key (region_code, run_id, parcel_set_id)
);

create table run_layer (
  region_code text collate "C" not null,
  run_id uuid not null,
  layer_id uuid not null,
  primary key (region_code, run_id, layer_id)
);

-- What the checks say of one parcel under one set of evidence. result_id is derived from the key, so that
-- a chunk done twice writes the same row once, and a later run may refer to it instead of computing again.
create table result (
  region_code text collate "C" not null,
  result_id uuid not null,
  area_m2 float8 not null,
  verdict text not null check (verdict in ('compliant', 'non_compliant', 'undetermined')),
  deduct_area_m2 float8 not null,
  restore_area_m2 float8 not null,
  remediate_area_m2 float8 not null,
  kept_area_m2 float8 not null,
  kept_unverified_area_m2 float8 not null,
  net jsonb,
  primary key (region_code, result_id)
);

create table finding (
  region_code text collate "C" not null,
  result_id uuid not null,
  check_id text collate "C" not null,
  outcome text not null check (outcome in ('pass', 'fail', 'undetermined', 'not_applicable')),
  reason text,
  measure text not null default 'none',
  area_m2 float8,
  share float8,
  unknown_area_m2 float8,
  detail jsonb not null default '{}',
  primary key (region_code, result_id, check_id)
);

create table piece (
  region_code text collate "C" not null,
  result_id uuid not null,
  piece_no int not null,
  reasons jsonb not null,
  measure text not null,
  area_m2 float8 not null,
  geom geometry(MultiPolygon, 4490),
  primary key (region_code, result_id, piece_no)
);

-- The parcels of a run in order; result_id is null until the chunk that holds the parcel is done.
create table run_result (
  region_code text collate "C" not null,
  run_id uuid not null,
  ordinal int not null,
  parcel_set_id uuid not null,
  parcel_ordinal int not null,
  result_id uuid,
  township text,
  primary key (region_code, run_id, ordinal)
);

-- The chunks of a run, shared by all processes that work on it. claim is the fencing token of whoever computes the chunk now: what it
-- writes counts only while the row still names it. leased_until: after that the worker is taken for dead and another may claim the chunk.
create table run_chunk (
  region_code text collate "C" not null,
  run_id uuid not null,
  first_ordinal int not null,
  last_ordinal int not null,
  claim uuid,
  leased_until timestamptz,
  done_at timestamptz,
  primary key (region_code, run_id, first_ordinal)
);
