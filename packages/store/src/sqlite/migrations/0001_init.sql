-- Ids are the 16 bytes of a UUIDv7, times epoch milliseconds, JSON is text. Columns marked "sealed" are encrypted.

create table organizations (
  id         blob primary key,
  name       text not null,
  plan       text not null,
  is_default integer not null,
  created    integer not null
) strict;
create unique index organizations_default on organizations (is_default) where is_default = 1;

create table api_keys (
  id           blob not null,
  org_id       blob not null,
  hash         blob not null unique,
  name         text not null,
  scopes       text not null,
  is_bootstrap integer not null,
  created      integer not null,
  expires      integer,
  last_used    integer,
  primary key (org_id, id)
) strict;

create table groups (
  id         blob not null,
  org_id     blob not null,
  slug       text not null,
  name       text not null,
  kind       text not null,
  is_default integer not null,
  is_public  integer not null,
  created    integer not null,
  primary key (org_id, id),
  unique (org_id, slug)
) strict;
create unique index groups_default on groups (org_id) where is_default = 1;

-- Cold half of a monitor: written by users only.
create table monitors (
  id               blob not null,
  org_id           blob not null,
  group_id         blob not null,
  phase            integer not null,
  owner_domain     text not null,
  owner_subdomain  text,
  owner_name       text not null,
  registrable      text not null,
  record_type      text not null,
  "match"          text not null,
  expected         text not null,
  expected_version integer not null,
  frequency        integer not null,
  notify           text not null,
  is_active        integer not null,
  external_id      text,
  metadata         text not null,
  created          integer not null,
  updated          integer not null,
  primary key (org_id, id),
  foreign key (org_id, group_id) references groups (org_id, id)
) strict;
create unique index monitors_external_id on monitors (org_id, external_id) where external_id is not null;
create index monitors_group on monitors (org_id, group_id, id);
create index monitors_owner on monitors (org_id, owner_name, id);
create index monitors_registrable on monitors (org_id, registrable);

-- Hot half: written by every check. Rows lie in the order of their phase, and monitors that are due together share a
-- phase, so a batch dirties a few neighbouring pages instead of one page per monitor. The leases of this engine live
-- in the one serving process.
create table checks (
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
  primary key (org_id, phase, monitor_id)
) strict, without rowid;
create index checks_due on checks (next_check) where is_active = 1;

create table events (
  id              blob not null,
  org_id          blob not null,
  monitor_id      blob not null,
  group_id        blob not null,
  kind            text not null,
  occurred        integer not null,
  owner_domain    text not null,
  owner_subdomain text,
  record_type     text not null,
  expected        text not null,
  external_id     text,
  old_state       text not null,
  new_state       text not null,
  previous        text not null,
  "current"       text not null,
  incidence_count integer not null,
  reasons         text not null,
  confirmed       integer not null,
  primary key (org_id, id)
) strict;
create index events_monitor on events (org_id, monitor_id, id);

create table webhooks (
  id                 blob not null,
  org_id             blob not null,
  source             text,
  url                text not null,
  method             text not null,
  headers            blob not null, -- sealed
  secret             blob not null, -- sealed
  caller_gave_secret integer not null,
  previous_secret    blob,          -- sealed
  secret_until       integer,
  format             text not null,
  format_options     blob not null, -- sealed
  filters            text not null,
  all_groups         integer not null,
  timeout            integer not null,
  is_active          integer not null,
  disabled_reason    text,
  next_seq           integer not null,
  next_at            integer,
  retries            integer not null,
  last_error         text,
  last_executed      integer,
  created            integer not null,
  primary key (org_id, id)
) strict;
create index webhooks_due on webhooks (next_at) where is_active = 1 and next_at is not null;
create index webhooks_url on webhooks (org_id, url);

create table webhook_groups (
  org_id     blob not null,
  webhook_id blob not null,
  group_id   blob not null,
  primary key (org_id, webhook_id, group_id),
  foreign key (org_id, webhook_id) references webhooks (org_id, id) on delete cascade,
  foreign key (org_id, group_id) references groups (org_id, id) on delete cascade
) strict, without rowid;
create index webhook_groups_group on webhook_groups (org_id, group_id, webhook_id);

create table webhook_pauses (
  org_id     blob not null,
  webhook_id blob not null,
  since      integer not null,
  until      integer,
  reason     text not null,
  foreign key (org_id, webhook_id) references webhooks (org_id, id) on delete cascade
) strict;
create index webhook_pauses_webhook on webhook_pauses (org_id, webhook_id, since);

create table deliveries (
  id              blob not null,
  org_id          blob not null,
  webhook_id      blob not null,
  event_id        blob,
  system_event_id blob,
  seq             integer,
  kind            text not null,
  status          text not null,
  body            text not null,
  headline        text not null,
  created         integer not null,
  delivered       integer,
  last_attempt    integer,
  next_attempt    integer,
  attempts        integer not null,
  status_code     integer,
  response_body   text,
  error_message   text,
  primary key (org_id, id)
) strict;
-- The ordered queue of a webhook; its first row is the head.
create index deliveries_queue on deliveries (webhook_id, seq) where status in ('PENDING', 'RETRYING') and seq is not null;
create index deliveries_loose on deliveries (next_attempt) where status in ('PENDING', 'RETRYING') and seq is null;
create index deliveries_webhook on deliveries (org_id, webhook_id, id);

create table attempts (
  delivery_id   blob not null,
  number        integer not null,
  org_id        blob not null,
  started       integer not null,
  duration      integer not null,
  phases        text not null,
  ip            text,
  status_code   integer,
  error_class   text,
  error_message text,
  response_body text,
  retry_after   integer,
  late          integer not null,
  primary key (delivery_id, number)
) strict;

create table system_events (
  id      blob not null,
  org_id  blob not null,
  type    text not null,
  created integer not null,
  data    text not null,
  primary key (org_id, id)
) strict;

create table idempotency (
  org_id       blob not null,
  key_id       blob not null,
  key          text not null,
  request_hash blob not null,
  response     blob, -- sealed
  expires      integer not null,
  primary key (org_id, key_id, key)
) strict;
create index idempotency_expires on idempotency (expires);

create table audit (
  id      blob not null,
  org_id  blob not null,
  key_id  blob,
  action  text not null,
  object  text not null,
  changes text not null,
  created integer not null,
  primary key (org_id, id)
) strict;

create table entri_applications (
  id             blob not null,
  org_id         blob not null,
  application_id text not null unique,
  secret         blob not null, -- sealed
  webhook_id     blob,
  user_id        text,
  created        integer not null,
  primary key (org_id, id)
) strict;

create table entri_batches (
  id             blob not null,
  org_id         blob not null,
  application_id blob not null,
  status         text not null,
  items          text not null,
  created        integer not null,
  primary key (org_id, id)
) strict;

create table nodes (
  id        blob primary key,
  roles     text not null,
  version   text not null,
  started   integer not null,
  heartbeat integer not null
) strict;

create table rate_limits (
  key      text not null,
  "window" integer not null,
  count    integer not null,
  primary key (key, "window")
) strict, without rowid;
