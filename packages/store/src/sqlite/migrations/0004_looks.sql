-- The evidence of the last look at each monitor that brought something new.
create table looks (
  org_id     blob not null,
  monitor_id blob not null,
  looked     integer not null,
  look       text not null,
  primary key (org_id, monitor_id),
  foreign key (org_id, monitor_id) references monitors (org_id, id) on delete cascade
) strict;
-- The looks so far left none: without its fingerprint the next answer is judged anew, and leaves some.
update checks set answer_hash = null where answer_hash is not null;
