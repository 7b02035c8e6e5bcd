-- Takes the next event numbers of a county, and with them its turn: who comes later waits here until this transaction ends. One row: the last.
insert into ledger_head as h (region_code, last_event_no)
select :region_code::text, :events::int
on conflict (region_code) do update set last_event_no = h.last_event_no + excluded.last_event_no
returning h.last_event_no
