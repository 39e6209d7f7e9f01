-- What a look needs of its monitor stands beside what it writes, so that a claim reads one table.
alter table checks add column owner_name text, add column registrable text, add column record_type text,
  add column expected_version integer;
update checks c
   set owner_name = m.owner_name, registrable = m.registrable, record_type = m.record_type,
       expected_version = m.expected_version
  from monitors m
 where m.org_id = c.org_id and m.id = c.monitor_id;
alter table checks alter column owner_name set not null, alter column registrable set not null,
  alter column record_type set not null, alter column expected_version set not null;
