-- What the lists of many monitors are found by. Each index ends in the id, which is the order of the list.
create index monitors_domain on monitors (org_id, lower(owner_domain), id);
create index monitors_type on monitors (org_id, record_type, id);
create index monitors_match on monitors (org_id, "match", id) where "match" <> 'exact';
create index monitors_inactive on monitors (org_id, id) where is_active = false;
drop index monitors_registrable;
create index monitors_registrable on monitors (org_id, registrable, id);
-- Nearly all monitors are VALID.
create index checks_state on checks (org_id, state, monitor_id) where state <> 'VALID';

-- The metadata of monitors, a row each member.
create table monitor_labels (
  org_id     uuid not null,
  key        text not null,
  value      text not null,
  monitor_id uuid not null,
  primary key (org_id, key, value, monitor_id)
);
insert into monitor_labels (org_id, key, value, monitor_id)
select m.org_id, member.key, member.value, m.id from monitors m, jsonb_each_text(m.metadata) as member;
