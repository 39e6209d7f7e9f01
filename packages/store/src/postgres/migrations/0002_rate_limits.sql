-- A window begins with its first request: "window" is its length in milliseconds. Counts may be lost with the server.
drop table rate_limits;
create unlogged table rate_limits (
  key      text not null,
  "window" bigint not null,
  started  bigint not null,
  count    integer not null,
  primary key (key, "window")
) with (fillfactor = 70);
