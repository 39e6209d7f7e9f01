-- One process serves the file, and what it says of itself it keeps in memory.
drop table nodes;
