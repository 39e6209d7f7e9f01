-- What comes due in an interval is counted from this alone.
create index monitors_frequency on monitors (frequency) where is_active = 1;

-- Rows lie in the order of their phase across all organizations: those that are due together are neighbours whosever they
-- are. With the organization in front, 2,000 organizations make five times the log.
create table checks_by_phase (
  org_id          blob not null,
  phase           integer not null,
  monitor_id      blob not null,
  is_active       integer not null,
  frequency       integer not null,
  next_check      integer not null,
  last_checked    integer,
  state           text not null,
  "current"       text,
  answer_hash     text,
  reasons         text not null,
  incidence_count integer not null,
  broken_since    integer,
  was_valid       integer not null,
  pending         text,
  primary key (phase, org_id, monitor_id)
) strict, without rowid;
insert into checks_by_phase (
  org_id, phase, monitor_id, is_active, frequency, next_check, last_checked, state, "current", answer_hash, reasons,
  incidence_count, broken_since, was_valid, pending)
select
  org_id, phase, monitor_id, is_active, frequency, next_check, last_checked, state, "current", answer_hash, reasons,
  incidence_count, broken_since, was_valid, pending
  from checks order by phase, org_id, monitor_id;
drop table checks;
alter table checks_by_phase rename to checks;
create index checks_due on checks (next_check) where is_active = 1;
create index checks_state on checks (org_id, state, monitor_id) where state <> 'VALID';
