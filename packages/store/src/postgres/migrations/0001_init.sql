-- Ids are UUIDv7, times epoch milliseconds. Columns marked "sealed" are encrypted.
-- Tables that grow with time are range-partitioned on an id, whose first 48 bits are its millisecond: a month is a range
-- of ids, and retention drops a partition. The default partition takes what no month covers.

create table organizations (
  id         uuid primary key,
  name       text not null,
  plan       text not null,
  is_default boolean not null,
  created    bigint not null
);
create unique index organizations_default on organizations (is_default) where is_default;

create table api_keys (
  id           uuid not null,
  org_id       uuid not null,
  hash         bytea not null unique,
  name         text not null,
  scopes       jsonb not null,
  is_bootstrap boolean not null,
  created      bigint not null,
  expires      bigint,
  last_used    bigint,
  primary key (org_id, id)
);

create table groups (
  id         uuid not null,
  org_id     uuid not null,
  slug       text not null,
  name       text not null,
  kind       text not null,
  is_default boolean not null,
  is_public  boolean not null,
  created    bigint not null,
  primary key (org_id, id),
  unique (org_id, slug)
);
create unique index groups_default on groups (org_id) where is_default;

-- Cold half of a monitor: written by users only.
create table monitors (
  id               uuid not null,
  org_id           uuid not null,
  group_id         uuid not null,
  phase            integer not null,
  owner_domain     text not null,
  owner_subdomain  text,
  owner_name       text not null,
  registrable      text not null,
  record_type      text not null,
  "match"          text not null,
  expected         jsonb not null,
  expected_version integer not null,
  frequency        integer not null,
  notify           text not null,
  is_active        boolean not null,
  external_id      text,
  metadata         jsonb not null,
  created          bigint not null,
  updated          bigint not null,
  primary key (org_id, id),
  foreign key (org_id, group_id) references groups (org_id, id)
);
create unique index monitors_external_id on monitors (org_id, external_id) where external_id is not null;
create index monitors_group on monitors (org_id, group_id, id);
create index monitors_owner on monitors (org_id, owner_name, id);
create index monitors_registrable on monitors (org_id, registrable);

-- Hot half: written by every check, narrow, with room in each page so that a write-back can stay in its page (HOT) and
-- vacuum running often, because the head of the due index would otherwise fill with dead entries.
create table checks (
  org_id          uuid not null,
  phase           integer not null,
  monitor_id      uuid not null,
  is_active       boolean not null,
  frequency       integer not null,
  next_check      bigint not null,
  lease_owner     uuid,
  lease_until     bigint,
  lease_token     bigint not null default 0,
  last_checked    bigint,
  state           text not null,
  "current"       jsonb,
  answer_hash     text,
  reasons         jsonb not null,
  incidence_count integer not null,
  broken_since    bigint,
  was_valid       boolean not null,
  pending         jsonb,
  primary key (org_id, phase, monitor_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index checks_due on checks (next_check) where is_active;

create table events (
  id              uuid not null,
  org_id          uuid not null,
  monitor_id      uuid not null,
  group_id        uuid not null,
  kind            text not null,
  occurred        bigint not null,
  owner_domain    text not null,
  owner_subdomain text,
  record_type     text not null,
  expected        jsonb not null,
  external_id     text,
  old_state       text not null,
  new_state       text not null,
  previous        jsonb not null,
  "current"       jsonb not null,
  incidence_count integer not null,
  reasons         jsonb not null,
  confirmed       boolean not null,
  primary key (org_id, id)
) partition by range (id);
create table events_default partition of events default;
create index events_monitor on events (org_id, monitor_id, id);

create table webhooks (
  id                 uuid not null,
  org_id             uuid not null,
  source             text,
  url                text not null,
  method             text not null,
  headers            bytea not null, -- sealed
  secret             bytea not null, -- sealed
  caller_gave_secret boolean not null,
  previous_secret    bytea,          -- sealed
  secret_until       bigint,
  format             text not null,
  format_options     bytea not null, -- sealed
  filters            jsonb not null,
  all_groups         boolean not null,
  timeout            integer not null,
  is_active          boolean not null,
  disabled_reason    text,
  next_seq           bigint not null,
  next_at            bigint,
  retries            integer not null,
  last_error         text,
  last_executed      bigint,
  lease_owner        uuid,
  lease_until        bigint,
  lease_token        bigint not null default 0,
  created            bigint not null,
  primary key (org_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index webhooks_due on webhooks (next_at) where is_active and next_at is not null;
create index webhooks_url on webhooks (org_id, url);

create table webhook_groups (
  org_id     uuid not null,
  webhook_id uuid not null,
  group_id   uuid not null,
  primary key (org_id, webhook_id, group_id),
  foreign key (org_id, webhook_id) references webhooks (org_id, id) on delete cascade,
  foreign key (org_id, group_id) references groups (org_id, id) on delete cascade
);
create index webhook_groups_group on webhook_groups (org_id, group_id, webhook_id);

create table webhook_pauses (
  org_id     uuid not null,
  webhook_id uuid not null,
  since      bigint not null,
  until      bigint,
  reason     text not null,
  foreign key (org_id, webhook_id) references webhooks (org_id, id) on delete cascade
);
create index webhook_pauses_webhook on webhook_pauses (org_id, webhook_id, since);

create table deliveries (
  id              uuid not null,
  org_id          uuid not null,
  webhook_id      uuid not null,
  event_id        uuid,
  system_event_id uuid,
  seq             bigint,
  kind            text not null,
  status          text not null,
  body            text not null,
  headline        jsonb not null,
  created         bigint not null,
  delivered       bigint,
  last_attempt    bigint,
  next_attempt    bigint,
  attempts        integer not null,
  status_code     integer,
  response_body   text,
  error_message   text,
  primary key (org_id, id)
) partition by range (id);
create table deliveries_default partition of deliveries default;
-- The ordered queue of a webhook; its first row is the head.
create index deliveries_queue on deliveries (webhook_id, seq) where status in ('PENDING', 'RETRYING') and seq is not null;
create index deliveries_loose on deliveries (next_attempt) where status in ('PENDING', 'RETRYING') and seq is null;
create index deliveries_webhook on deliveries (org_id, webhook_id, id);

create table attempts (
  delivery_id   uuid not null,
  number        integer not null,
  org_id        uuid not null,
  started       bigint not null,
  duration      integer not null,
  phases        jsonb not null,
  ip            text,
  status_code   integer,
  error_class   text,
  error_message text,
  response_body text,
  retry_after   bigint,
  late          boolean not null,
  primary key (delivery_id, number)
) partition by range (delivery_id);
create table attempts_default partition of attempts default;

create table system_events (
  id      uuid not null,
  org_id  uuid not null,
  type    text not null,
  created bigint not null,
  data    jsonb not null,
  primary key (org_id, id)
);

create table idempotency (
  org_id       uuid not null,
  key_id       uuid not null,
  key          text not null,
  request_hash bytea not null,
  response     bytea, -- sealed
  expires      bigint not null,
  primary key (org_id, key_id, key)
);
create index idempotency_expires on idempotency (expires);

create table audit (
  id      uuid not null,
  org_id  uuid not null,
  key_id  uuid,
  action  text not null,
  object  text not null,
  changes jsonb not null,
  created bigint not null,
  primary key (org_id, id)
);

create table entri_applications (
  id             uuid not null,
  org_id         uuid not null,
  application_id text not null unique,
  secret         bytea not null, -- sealed
  webhook_id     uuid,
  user_id        text,
  created        bigint not null,
  primary key (org_id, id)
);

create table entri_batches (
  id             uuid not null,
  org_id         uuid not null,
  application_id uuid not null,
  status         text not null,
  items          jsonb not null,
  created        bigint not null,
  primary key (org_id, id)
);

create table nodes (
  id        uuid primary key,
  roles     jsonb not null,
  version   text not null,
  started   bigint not null,
  heartbeat bigint not null
);

create table rate_limits (
  key      text not null,
  "window" bigint not null,
  count    integer not null,
  primary key (key, "window")
);
