-- What people decide of flags: persons, decisions with what they were decided on, and their attachments.
-- A decision belongs to a parcel (region, project, id), a check and a shape, not to a run. Reviews are only ever added: none is changed or
-- taken away, so that review is its own audit trail and the log that others follow by event_no.

-- Who decides, until there are accounts. The same name and office again is the same person.
create table person (
  person_id uuid primary key,
  name text not null check (name <> ''),
  office text not null default '',
  created_at timestamptz not null default now(),
  unique (name, office)
);

-- The last event of a county. Whoever adds events updates this row first and so waits for those who came before: numbers have no gaps and
-- are committed in their order, which is what makes them a cursor, and a decision sees every one before it.
create table ledger_head (
  region_code text collate "C" primary key,
  last_event_no int not null default 0
);

-- One decision. project_code is '' where the parcel has none. supersedes is the decision on the same flag and shape before it.
-- measure_chosen: a person named the measure; else it is the check's own. outcome to evidence: the finding as it was decided on
-- (figure_m2: its area, of area-mismatch its difference; evidence: the layers it rests on, by content).
create table review (
  region_code text collate "C" not null,
  review_id uuid not null,
  event_no int not null,
  project_code text collate "C" not null,
  parcel_id text collate "C" not null,
  check_id text collate "C" not null,
  geometry_hash text collate "C" not null,
  decision text not null check (decision in ('confirmed', 'rejected', 'withdrawn')),
  measure text check (measure in ('deduct', 'restore', 'remediate', 'none')),
  measure_chosen boolean not null default false,
  reason text not null,
  person_id uuid not null,
  person_name text not null,
  decided_at timestamptz not null default now(),
  supersedes uuid,
  batch_id uuid,
  run_id uuid not null,
  result_id uuid not null,
  outcome text not null,
  figure_m2 float8,
  problem_codes text not null,
  evidence jsonb not null,
  primary key (region_code, review_id),
  unique (region_code, event_no),
  check ((decision = 'confirmed') = (measure is not null))
);
create index review_by_id on review (review_id);
-- lists without a filter, the newest first
create index review_newest on review (decided_at, review_id, region_code);
create index review_of_parcel on review (region_code, parcel_id, project_code, event_no);
create index review_by_person on review (region_code, person_id, event_no);
create index review_by_batch on review (region_code, batch_id, event_no) where batch_id is not null;
-- of one decision only one can be the next
create unique index review_supersedes on review (region_code, supersedes) where supersedes is not null;

-- The newest decision on each flag and shape: what follows from review, kept beside it so that 100,000 parcels find theirs by key.
-- evidence: its layers by content alone; places: by their place in the run.
create table flag_review (
  region_code text collate "C" not null,
  project_code text collate "C" not null,
  parcel_id text collate "C" not null,
  check_id text collate "C" not null,
  geometry_hash text collate "C" not null,
  review_id uuid not null,
  event_no int not null,
  decision text not null,
  batch_id uuid,
  run_id uuid not null,
  result_id uuid not null,
  outcome text not null,
  figure_m2 float8,
  problem_codes text not null,
  evidence text not null,
  places jsonb not null,
  primary key (region_code, project_code, parcel_id, check_id, geometry_hash)
);

-- A photo or document by the sha256 of its bytes. Of photos: width and height in pixels, where (lon/lat, WGS84) and when taken, as the camera says.
-- ready_at is null until all its parts are here.
create table attachment (
  region_code text collate "C" not null,
  attachment_id text collate "C" not null,
  file_name text not null,
  media_type text not null check (media_type in ('image/jpeg', 'image/png', 'application/pdf')),
  bytes int not null check (bytes > 0),
  width int,
  height int,
  lon float8,
  lat float8,
  taken_at text,
  camera text,
  created_at timestamptz not null default now(),
  ready_at timestamptz,
  primary key (region_code, attachment_id)
);
create index attachment_by_id on attachment (attachment_id);

-- At most 1 MB each: the embedded database must not be held for longer than half a second.
create table attachment_part (
  region_code text collate "C" not null,
  attachment_id text collate "C" not null,
  part_no int not null,
  data bytea not null,
  primary key (region_code, attachment_id, part_no)
);
alter table attachment_part alter column data set storage external;

-- What a decision refers to, in the order given. distance_m: from where it was taken to the parcel as decided on, 0 inside it.
create table review_attachment (
  region_code text collate "C" not null,
  review_id uuid not null,
  place int not null,
  attachment_id text collate "C" not null,
  distance_m float8,
  primary key (region_code, review_id, place)
);
create index review_attachment_of on review_attachment (region_code, attachment_id);

-- A finished run in one narrow row a parcel, by which lists are filtered, sorted and counted: 1.2 million findings say the same in 1 s.
-- Made anew from the run wherever it is missing. Masks have a bit a check, in the order of run_indexed.check_ids. found_in: what text is
-- looked for in, lower case.
create table run_index (
  region_code text collate "C" not null,
  run_id uuid not null,
  ordinal int not null,
  parcel_set_id uuid not null,
  parcel_ordinal int not null,
  result_id uuid not null,
  parcel_id text collate "C" not null,
  project_code text collate "C" not null,
  project_name text,
  township text collate "C",
  geometry_hash text collate "C" not null,
  verdict text collate "C" not null,
  area_m2 float8 not null,
  deduct_area_m2 float8 not null,
  restore_area_m2 float8 not null,
  remediate_area_m2 float8 not null,
  fail_mask int not null,
  pass_mask int not null,
  undetermined_mask int not null,
  found_in text not null,
  primary key (region_code, run_id, ordinal)
);
create index run_index_parcel on run_index (region_code, run_id, parcel_id);
create table run_indexed (
  region_code text collate "C" not null,
  run_id uuid not null,
  check_ids text not null,
  created_at timestamptz not null default now(),
  primary key (region_code, run_id)
);
-- from a parcel to the runs that judged it
create index run_set_by_set on run_set (region_code, parcel_set_id);
