-- One row: the number of a county's last event, 0 where there is none.
select coalesce(max(h.last_event_no), 0)::int as last_event_no from ledger_head h where h.region_code = :region_code::text
