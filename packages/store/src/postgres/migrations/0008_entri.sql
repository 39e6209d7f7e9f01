-- What an application declared. The group of a domain holds the monitors of its records.
create table entri_domains (
  org_id         uuid not null,
  group_id       uuid not null,
  application_id uuid not null,
  domain         text not null,
  user_id        text not null,
  created        bigint not null,
  updated        bigint not null,
  primary key (org_id, group_id),
  unique (org_id, application_id, domain),
  foreign key (org_id, group_id) references groups (org_id, id) on delete cascade,
  foreign key (org_id, application_id) references entri_applications (org_id, id)
);
create index entri_domains_application on entri_domains (org_id, application_id, group_id);

-- A record as it was written, beside the monitor that watches it.
create table entri_records (
  org_id     uuid not null,
  monitor_id uuid not null,
  group_id   uuid not null,
  type       text not null,
  host       text not null,
  value      text not null,
  ttl        bigint not null,
  priority   text,
  primary key (org_id, monitor_id),
  foreign key (org_id, monitor_id) references monitors (org_id, id) on delete cascade,
  foreign key (org_id, group_id) references entri_domains (org_id, group_id) on delete cascade
);
create index entri_records_domain on entri_records (org_id, group_id, monitor_id);

-- A batch is open until each of its items is settled. Whoever works on it holds the lease.
alter table entri_batches drop column items;
alter table entri_batches add column lease_until bigint;
create index entri_batches_open on entri_batches (created) where status = 'open';
alter table entri_batches add foreign key (org_id, application_id)
  references entri_applications (org_id, id) on delete cascade;

create table entri_batch_items (
  org_id   uuid not null,
  batch_id uuid not null,
  position integer not null,
  domain   text not null,
  body     text not null,
  status   text not null,
  error    text,
  primary key (org_id, batch_id, position),
  foreign key (org_id, batch_id) references entri_batches (org_id, id) on delete cascade
);
