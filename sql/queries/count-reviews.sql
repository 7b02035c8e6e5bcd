-- One row: how many decisions the filters of list-reviews match.
select count(*)::int as matched
from reviews_asked(:region_code::text, :parcel_id::text, :project_code::text, :check_id::text, :person_id::uuid, :batch_id::uuid,
                   :run_region::text, :run_id::uuid, :current::boolean, :state::text)
