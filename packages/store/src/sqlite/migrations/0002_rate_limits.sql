-- One process serves the file, and it counts requests in memory.
drop table rate_limits;
