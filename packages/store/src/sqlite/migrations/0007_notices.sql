-- Of a system event that concerns the operator: when to tell them next; null when there is nothing to do.
alter table system_events add column notify_at integer;
-- The channels that did not take it, as JSON; null before the first attempt.
alter table system_events add column notify_owed text;
create index system_events_notify on system_events (notify_at) where notify_at is not null;
