-- The register of 补充耕地 projects of a county: what was certified, and what is pending.

-- One version of a county's register, immutable. version_no counts from 1; the highest is the one in force, those before it are its history
-- and stay, because runs pin the version they used. content_sha256: of its rows (server/database/register-content.ts); sha256 is of the file.
create table project_register (
  region_code text collate "C" not null,
  register_id uuid not null,
  version_no int not null check (version_no > 0),
  file_name text not null,
  sha256 text not null,
  content_sha256 text not null,
  project_count int not null,
  certified_count int not null,
  pending_count int not null,
  decisions jsonb not null default '{}',
  warnings jsonb not null default '[]',
  created_at timestamptz not null default now(),
  primary key (region_code, register_id),
  -- two uploads at the same moment cannot both become the next version
  unique (region_code, version_no)
);
create index project_register_by_id on project_register (register_id);

-- One project of one version. Areas are m², capacity is kg, whatever the file was written in. started_on 立项, accepted_on 验收; where only
-- a year or a month was written, started_on is its first day and accepted_on its last. row_no: its row in the file, the heading counted.
create table project (
  region_code text collate "C" not null,
  register_id uuid not null,
  project_code text collate "C" not null,
  project_name text,
  township text,
  started_on date,
  start_document text,
  accepted_on date,
  acceptance_document text,
  certificate_no text,
  certified_area_m2 float8,
  certified_paddy_m2 float8,
  certified_capacity_kg float8,
  status text not null check (status in ('certified', 'pending')),
  row_no int not null,
  primary key (region_code, register_id, project_code)
);
