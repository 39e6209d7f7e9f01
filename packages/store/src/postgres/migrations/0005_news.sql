-- What changed lately, for those who watch live: a delivery when it is made and with each attempt, a monitor with each edit.
create index deliveries_changed on deliveries (org_id, coalesce(last_attempt, created), id);
create index monitors_updated on monitors (org_id, updated, id);
