-- One row, the stretch added: none where the upload is not at :position any more, or has expired.
with moved as (
  update upload set received = received + octet_length(:bytes::bytea)
  where upload_id = :upload_id::text and received = :position::float8::bigint and expires_at > now()
    and received + octet_length(:bytes::bytea) <= length
  returning upload_id
)
insert into upload_part (upload_id, position, bytes)
select upload_id, :position::float8::bigint, :bytes::bytea from moved
