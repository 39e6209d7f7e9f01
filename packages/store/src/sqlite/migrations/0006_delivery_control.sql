-- When the head of a queue was made due before its turn, its turn.
alter table webhooks add column resume_at integer;
-- What a system event speaks of, as far as filters look at it; null in rows that are older than this column.
alter table system_events add column subject text;
-- Whether a webhook was told of an event.
create index deliveries_happening on deliveries (webhook_id, coalesce(event_id, system_event_id));
-- Webhooks that say of themselves that they are gone.
create index webhooks_gone on webhooks (id) where disabled_reason = 'gone';
