-- One row per earlier accepted set of the region: a succeeded run has judged it, it is not withdrawn, and no set that counts replaces it.
select s.parcel_set_id, s.accepted_at
from parcel_set s
where s.region_code = :region_code::text and s.state = 'ready' and s.accepted_at is not null and s.withdrawn_at is null
  and not s.parcel_set_id = any (:judged::uuid[])
  and not exists (
    select 1
    from parcel_set r
    where r.region_code = s.region_code and r.state = 'ready' and r.withdrawn_at is null
      and (r.accepted_at is not null or r.parcel_set_id = any (:judged::uuid[]))
      and r.replaces ? s.parcel_set_id::text
  )
order by s.accepted_at, s.parcel_set_id
