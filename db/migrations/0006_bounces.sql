-- Messages that come back, and whom not to write to because of them.

alter table suppression add column detail text;  -- the status code that led to it: never an address

-- Append-only: who said, and why, that an address may be written to again.
create table suppression_lift (
  id           integer primary key,
  address_hash text not null,
  reason       text not null,
  since        integer not null,
  lifted_at    integer not null,
  actor        text not null,
  words        text not null
) strict;
create index suppression_lift_by_address on suppression_lift (address_hash);

-- What came back of a delivery, at once or days later: the most serious of what was said (domain Verdict).
alter table delivery add column bounce text;

-- One row a report that was read. Words of a server only where the tag is ours: an erasure finds them by the delivery.
create table bounce (
  id          integer primary key,
  fingerprint blob not null unique,
  received_at integer not null,
  delivery_id integer references delivery (id),
  kind        text not null,
  verdict     text not null,
  status      text,
  effect      text not null,
  detail      text
) strict;
create index bounce_by_delivery on bounce (delivery_id) where delivery_id is not null;

-- When a person last let a paused digest go on: a report about what left before pauses it no more.
create table digest_resume (
  digest text primary key,
  at     integer not null
) strict;
