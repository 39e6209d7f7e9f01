-- Where an installation was moved to from elsewhere and not started since: whose data it is, and since when all of it is here.
create table moves (
  source_id blob primary key, -- the id of the installation's default organization
  begun     integer not null,
  finished  integer
) strict;
-- Every key of a row that belongs to an organization begins with it, so that an installation can be spread by it.
create table attempts_by_organization (
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
  primary key (org_id, delivery_id, number)
) strict;
insert into attempts_by_organization
select delivery_id, number, org_id, started, duration, phases, ip, status_code, error_class, error_message,
       response_body, retry_after, late
  from attempts;
drop table attempts;
alter table attempts_by_organization rename to attempts;
