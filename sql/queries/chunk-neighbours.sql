-- One row per pair of a parcel of the chunk and another of the run's sets, earlier accepted ones among them, whose boxes meet.
-- A parcel that a later set of the run files anew is an earlier version and takes no part, nor does a set that another one replaces.
select rr.ordinal, near.set_no, near.parcel_set_id, near.parcel_ordinal, near.parcel_id, near.project_name, near.shape
from run_result rr
join parcel p on p.region_code = rr.region_code and p.parcel_set_id = rr.parcel_set_id and p.ordinal = rr.parcel_ordinal
-- offset 0: as in chunk-pieces
cross join lateral (
  select s.ordinal as set_no, q.parcel_set_id::text as parcel_set_id, q.ordinal as parcel_ordinal, q.parcel_id, q.project_name,
         st_asbinary(q.geom, 'NDR') as shape
  from parcel q
  join run_set s on s.region_code = q.region_code and s.run_id = rr.run_id and s.parcel_set_id = q.parcel_set_id
  where q.region_code = :region_code::text and q.geom && p.geom and (q.parcel_set_id, q.ordinal) <> (p.parcel_set_id, p.ordinal)
    and not q.parcel_set_id = any (:replaced::uuid[])
    and not (:several_sets::boolean and filed_anew(q.region_code, rr.run_id, s.ordinal, q.project_code, q.parcel_id))
  offset 0
) near
where rr.region_code = :region_code::text and rr.run_id = :run_id::uuid and rr.ordinal between :first::int and :last::int and (:again::boolean or rr.result_id is null) and p.area_m2 > 0
