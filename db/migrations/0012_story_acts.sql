-- What people did to stories, append-only.
create table story_act (
  id       integer primary key,
  kind     text not null check (kind in ('merge','split')),
  items    text not null,                        -- JSON: the items named
  actor    text not null,
  reason   text,
  acted_at integer not null
) strict;
