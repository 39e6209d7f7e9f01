-- Which transaction wrote a row of a history: what tells pages that go on from a cursor whether an older row can still
-- come. The default is stable and not volatile, so no table is rewritten: rows that are there count as written just now.
alter table events add column xid xid8 not null default pg_current_xact_id();
alter table deliveries add column xid xid8 not null default pg_current_xact_id();
alter table system_events add column xid xid8 not null default pg_current_xact_id();
alter table audit add column xid xid8 not null default pg_current_xact_id();
-- A heartbeat changes no indexed column and finds room in its page.
alter table nodes set (fillfactor = 50);
