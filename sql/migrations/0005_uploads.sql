-- Uploads that servers without a common disk hand to each other: begun at one of them, gone on with at another, read by a job at a third.
-- Local tables, as those of jobs. Empty on the embedded database, whose one process keeps uploads in its folder.

-- One upload. received bytes of length are here; whoever adds to it names the received it knows, and a latecomer finds no row.
-- sha256 is told when it is whole. The row goes when it has expired and no unfinished job names its sha256.
create table upload (
  upload_id text primary key,
  file_name text not null,
  purpose text not null,
  length bigint not null check (length > 0),
  received bigint not null default 0 check (received between 0 and length),
  sha256 text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index upload_by_bytes on upload (sha256);
create index upload_by_end on upload (expires_at);

-- One stretch of an upload, at most 1 MB: the embedded database must not be held for longer than half a second.
create table upload_part (
  upload_id text not null references upload on delete cascade,
  position bigint not null,
  bytes bytea not null,
  primary key (upload_id, position)
);
-- archives do not shrink further: trying to takes longer than writing them
alter table upload_part alter column bytes set storage external;
