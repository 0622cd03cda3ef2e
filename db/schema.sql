-- Generated from db/migrations: do not edit. `VEILLE_WRITE_SCHEMA=1 cargo test --test it schema` writes it anew.

CREATE TABLE meta (
  key   text primary key,
  value text not null
) strict;

CREATE TABLE source (
  id                   integer primary key,
  slug                 text not null unique,
  name                 text not null,
  url                  text not null,            -- as in the file: when it changes, the state below starts afresh
  condition            text not null default 'new' check (condition in ('new','healthy','failing','gone','paused','retired')),
  effective_url        text not null,
  next_check_at        integer,
  last_checked_at      integer,
  last_success_at      integer,
  last_new_item_at     integer,
  last_error           text,
  consecutive_failures integer not null default 0,
  validators           text,                     -- JSON: url, etag, last_modified; opaque
  body_hash            blob,
  redirect             text,                     -- JSON: a permanent redirect under observation
  rhythm_hours         real,
  notices              text not null default '[]',
  first_success_at     integer,
  listed_at            integer,                  -- when a body was last taken in: items with this last_listed_at are still listed
  reliability          text,                     -- JSON: domain Reliability, as last computed
  reliability_at       integer
, catch_up text, hub text, declared text) strict;

CREATE TABLE host_rest (
  host  text primary key,                        -- host:port
  until integer not null
, began integer) strict;

CREATE TABLE item (
  id                  integer primary key,       -- grows in the order of arrival: the order editions claim items in
  source_id           integer not null references source (id),
  key                 text not null,
  url                 text,
  title               text not null,
  authors             text not null default '[]',
  published_at        integer,
  published_precision text,
  updated_at          integer,
  updated_precision   text,
  unreadable_date     text,
  language            text,
  summary             text not null default '',
  categories          text not null default '[]',
  links               text not null default '[]',
  identifiers         text not null default '[]',
  content_hash        blob not null,
  first_seen_at       integer not null,
  changed_at          integer,
  last_listed_at      integer not null,          -- the last fetch that still listed it: retention never deletes what is listed
  backlog             integer not null default 0 check (backlog in (0, 1)),
  unique (source_id, key)
) strict;

CREATE INDEX item_by_url on item (url) where url is not null;

CREATE INDEX item_by_arrival on item (first_seen_at);

CREATE TABLE tombstone (
  source_id      integer not null references source (id),
  key            text not null,
  last_listed_at integer not null,
  primary key (source_id, key)
) strict, without rowid;

CREATE TABLE item_body (
  item_id integer primary key references item (id) on delete cascade,
  html    blob not null                          -- sanitised HTML, compressed (store/items.rs)
) strict;

CREATE TABLE item_theme (
  item_id     integer not null references item (id) on delete cascade,
  theme       text not null,
  score       real not null,
  matches     text not null,                     -- JSON: the rules that matched, where
  excluded_by text,                              -- JSON: the rule that excluded it
  primary key (item_id, theme)
) strict, without rowid;

CREATE INDEX item_theme_by_theme on item_theme (theme, item_id);

CREATE TABLE assessment (
  item_id    integer primary key references item (id) on delete cascade,
  rules      text not null,
  score      real not null,
  low        real not null,
  high       real not null,
  confidence real not null,
  level      text not null,
  caps       text not null default '[]',
  evidence   text not null,                      -- JSON, compact (store/assessments.rs)
  observed_at integer not null
) strict;

CREATE INDEX assessment_by_time on assessment (observed_at);

CREATE TABLE story (
  id          integer primary key,               -- that of the item that opened it
  lead_item   integer not null references item (id),
  opened_at   integer not null,                  -- when its first and last items happened
  last_at     integer not null,
  independent integer not null default 1,        -- independent publishers
  due_at      integer                            -- when to look for corroboration next; null: nothing to expect
) strict;

CREATE INDEX story_by_last on story (last_at);

CREATE INDEX story_due on story (due_at) where due_at is not null;

CREATE TABLE item_fingerprint (
  item_id integer primary key references item (id) on delete cascade,
  bytes   blob not null
) strict;

CREATE TABLE story_member (
  item_id  integer primary key references item (id) on delete cascade,
  story_id integer not null references story (id) on delete cascade,
  tie      text not null                         -- JSON: why
) strict;

CREATE INDEX story_member_by_story on story_member (story_id);

CREATE TABLE decision (
  id         integer primary key,
  item_id    integer not null references item (id),
  verdict    text not null check (verdict in ('keep','drop','later')),
  actor      text not null,
  reason     text,
  decided_at integer not null
) strict;

CREATE INDEX decision_by_item on decision (item_id, id);

CREATE TABLE quarantine (
  id          integer primary key,
  source_id   integer not null references source (id),
  fingerprint blob not null,
  reason      text not null,
  bytes       blob not null,
  first_seen_at integer not null,
  last_seen_at  integer not null,
  unique (source_id, fingerprint)
) strict;

CREATE TABLE refresh_run (
  id         integer primary key,
  started_at integer not null,
  ended_at   integer,
  report     text
) strict;

CREATE TABLE edition (
  number       integer primary key,
  digest       text not null,
  period       text not null,
  state        text not null check (state in ('draft','approved','sending','sent','cancelled')),
  content      text not null,                    -- JSON: domain EditionContent
  after_item   integer not null,                 -- the window: items with after_item < id <= up_to_item
  up_to_item   integer not null,
  since        integer not null default 0,       -- when the period before it ended
  opened_at    integer,                          -- when the edition before it was closed: what was deferred earlier is due
  first_fetch  text not null default 'leave_out', -- whether items of a first fetch were admitted
  composed_at  integer not null,
  approved_at  integer,
  approved_by  text,
  rendered     text,                             -- JSON: domain RenderedEdition, frozen at approval
  hash         text,                             -- SHA-256 of the frozen bytes
  sent_at      integer,
  cancelled_at integer
) strict;

CREATE UNIQUE INDEX edition_one_a_period on edition (digest, period) where state <> 'cancelled';

CREATE TABLE edition_item (
  edition  integer not null references edition (number),
  digest   text not null,
  item_id  integer not null references item (id),
  story_id integer not null,
  position integer not null,
  primary key (edition, item_id)
) strict, without rowid;

CREATE INDEX edition_item_by_story on edition_item (digest, story_id);

CREATE TABLE edition_choice (
  edition  integer not null references edition (number),
  story_id integer not null,
  item_id  integer not null references item (id) on delete cascade,
  choice   text not null,                        -- JSON: domain Choice
  primary key (edition, story_id)
) strict, without rowid;

CREATE INDEX edition_choice_by_item on edition_choice (item_id);

CREATE TABLE subscription (
  id         integer primary key,
  email      text not null collate nocase,       -- nobody tells Marie@ from marie@
  digest     text not null,
  state      text not null check (state in ('pending','confirmed','unsubscribed')),
  consent    text not null,
  created_at integer not null,
  changed_at integer not null,
  unique (email, digest)
) strict;

CREATE TABLE suppression (
  address_hash text primary key,
  reason       text not null,
  since        integer not null
, detail text) strict;

CREATE TABLE delivery (
  id              integer primary key,
  edition         integer not null references edition (number),
  subscription_id integer references subscription (id) on delete set null, -- null once the person is erased
  email           text not null collate nocase,  -- blanked when the person is erased
  message_id      text not null unique,
  state           text not null check (state in ('queued','sending','committing','sent','failed','ambiguous','withdrawn')),
  attempt         integer not null default 0,    -- fencing number: grows with each claim
  tries           integer not null default 0,    -- refusals so far: the step of the back-off
  ambiguities     integer not null default 0,    -- times that an answer was lost: more than one is never resent
  next_attempt_at integer not null,
  claimed_until   integer,
  last_reply      text,
  queued_at       integer not null,
  ended_at        integer, bounce text,                       -- null while there is something to do; also for 'ambiguous' until it is resent
  unique (edition, subscription_id)
) strict;

CREATE INDEX delivery_due on delivery (next_attempt_at) where ended_at is null;

CREATE INDEX delivery_by_email on delivery (email) where email <> '';

CREATE TABLE delivery_event (
  id          integer primary key,
  delivery_id integer not null references delivery (id),
  at          integer not null,
  state       text not null,
  attempt     integer not null,
  detail      text
) strict;

CREATE INDEX delivery_event_by_delivery on delivery_event (delivery_id);

CREATE TABLE digest_pause (
  digest text primary key,
  reason text not null,
  since  integer not null
) strict;

CREATE TABLE job (
  name       text primary key,
  key        text,                               -- what it last ran for: a day
  started_at integer not null,
  ended_at   integer,                            -- null while it runs, or when the process died
  last_error text
) strict;

CREATE VIRTUAL TABLE item_search using fts5 (
  title, body, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii'
);

CREATE TABLE hub_subscription (
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

CREATE INDEX hub_subscription_by_source on hub_subscription (source_id);

CREATE TABLE suppression_lift (
  id           integer primary key,
  address_hash text not null,
  reason       text not null,
  since        integer not null,
  lifted_at    integer not null,
  actor        text not null,
  words        text not null
) strict;

CREATE INDEX suppression_lift_by_address on suppression_lift (address_hash);

CREATE TABLE bounce (
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

CREATE INDEX bounce_by_delivery on bounce (delivery_id) where delivery_id is not null;

CREATE TABLE digest_resume (
  digest text primary key,
  at     integer not null
) strict;

CREATE INDEX edition_by_digest on edition (digest, period, state);

CREATE TABLE edition_erratum (
  edition integer not null references edition (number),
  item_id integer not null references item (id),
  content text not null,                         -- SHA-256 in hexadecimal of the content that it spoke of
  primary key (edition, item_id)
) strict, without rowid;

CREATE INDEX edition_erratum_by_item on edition_erratum (item_id);

CREATE TABLE story_act (
  id       integer primary key,
  kind     text not null check (kind in ('merge','split')),
  items    text not null,                        -- JSON: the items named
  actor    text not null,
  reason   text,
  acted_at integer not null
) strict;

CREATE TABLE source_familiar (
  source_id integer primary key references source (id) on delete cascade,
  traces    blob not null                        -- compact (store/familiar.rs)
) strict;

CREATE VIRTUAL TABLE item_word using fts5vocab(item_search, instance);

CREATE INDEX item_by_backlog on item (backlog);
