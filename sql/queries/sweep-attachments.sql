-- Takes away, of all counties, attachments that no decision refers to a week after they were last sent; one row each. Who refers to one at
-- this moment has touched its row, which makes it young again.
with gone as (
  delete from attachment a
  where a.created_at < now() - interval '7 days'
    and not exists (select from review_attachment t where t.region_code = a.region_code and t.attachment_id = a.attachment_id)
  returning a.region_code, a.attachment_id
), parts as (
  delete from attachment_part p using gone g where p.region_code = g.region_code and p.attachment_id = g.attachment_id
)
select g.region_code, g.attachment_id from gone g
