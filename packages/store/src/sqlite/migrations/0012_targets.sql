-- What a look needs of its monitor stands beside what it writes, in the order of the phase: monitors lie in the order in
-- which they were made, so reading them for a batch of due rows was a page of the file each.
create table checks_with_targets (
  org_id           blob not null,
  phase            integer not null,
  monitor_id       blob not null,
  is_active        integer not null,
  owner_name       text not null,
  registrable      text not null,
  record_type      text not null,
  expected_version integer not null,
  frequency        integer not null,
  next_check       integer not null,
  last_checked     integer,
  state            text not null,
  "current"        text,
  answer_hash      text,
  reasons          text not null,
  incidence_count  integer not null,
  broken_since     integer,
  was_valid        integer not null,
  pending          text,
  primary key (phase, org_id, monitor_id)
) strict, without rowid;
insert into checks_with_targets (
  org_id, phase, monitor_id, is_active, owner_name, registrable, record_type, expected_version, frequency, next_check,
  last_checked, state, "current", answer_hash, reasons, incidence_count, broken_since, was_valid, pending)
select
  c.org_id, c.phase, c.monitor_id, c.is_active, m.owner_name, m.registrable, m.record_type, m.expected_version, c.frequency,
  c.next_check, c.last_checked, c.state, c."current", c.answer_hash, c.reasons, c.incidence_count, c.broken_since,
  c.was_valid, c.pending
  from checks c
  join monitors m on m.org_id = c.org_id and m.id = c.monitor_id
 order by c.phase, c.org_id, c.monitor_id;
drop table checks;
alter table checks_with_targets rename to checks;
create index checks_due on checks (next_check) where is_active = 1;
create index checks_state on checks (org_id, state, monitor_id) where state <> 'VALID';
