-- One person, by name; after_name and after_id are what the page before ended with.
select p.person_id, p.name, p.office, p.created_at
from person p
where :after_id::uuid is null or (p.name collate "C", p.person_id) > (:after_name::text collate "C", :after_id::uuid)
order by p.name collate "C", p.person_id
limit :limit::int
