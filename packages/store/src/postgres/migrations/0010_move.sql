-- Where an installation was moved to from elsewhere and not started since: whose data it is, and since when all of it is here.
create table moves (
  source_id uuid primary key, -- the id of the installation's default organization
  begun     bigint not null,
  finished  bigint
);
-- Every key of a row that belongs to an organization begins with it, so that an installation can be spread by it.
alter table attempts drop constraint attempts_pkey;
alter table attempts add primary key (org_id, delivery_id, number);
