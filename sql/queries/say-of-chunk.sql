-- One measured row per parcel of the chunk (of the given ordinals, where given) on which a check can say only this: why it could not look.
insert into measured (region_code, run_id, ordinal, check_id, outcome, reason, detail)
select :region_code::text, :run_id::uuid, p.ordinal, :check_id::text, :outcome::text, :reason::text, :detail::jsonb
from chunk_parcel(:region_code::text, :run_id::uuid, :first::int, :last::int) p
where :ordinals::int[] is null or p.ordinal = any (:ordinals::int[])
