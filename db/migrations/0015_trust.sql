-- What people say about trust: overrides and qualification sheets, one chain of records, never changed (domain::trust). The head is
-- kept a second time in `meta` (trust_head: "number hash").
create table trust_record (
  number  integer primary key,                   -- 1, 2, 3…: no gap
  record  text not null,                         -- JSON: domain::trust::Record, the very bytes that are hashed
  hash    text not null,                         -- SHA-256 of them, hexadecimal; the next record carries it
  item_id integer references item (id)           -- what an override of an item is about: such an item is never let go
) strict;
create index trust_record_by_item on trust_record (item_id) where item_id is not null;
