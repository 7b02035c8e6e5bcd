-- One row: attachments, of all counties, that no decision refers to, and those still coming in.
select count(*)::int as loose
from attachment a
where not exists (select from review_attachment t where t.region_code = a.region_code and t.attachment_id = a.attachment_id)
