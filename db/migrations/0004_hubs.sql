-- WebSub: hubs tell of changes.
alter table source add column hub text; -- JSON: domain Hub, as its last document stated it

create table hub_subscription (
  id           integer primary key,
  source_id    integer not null references source (id),
  hub          text not null,
  topic        text not null,
  token        text not null unique,             -- the part of the callback's address that nobody can guess
  secret       text not null,                    -- what pushes are signed with
  pending      text check (pending in ('subscribe','unsubscribe')), -- asked, and not verified yet
  ending       integer not null default 0 check (ending in (0, 1)),
  lease_until  integer,
  next_at      integer not null,
  failures     integer not null default 0,
  last_error   text,
  last_push_at integer
) strict;

create index hub_subscription_by_source on hub_subscription (source_id);
