-- The first schema. Instants are Unix seconds in UTC; documents that are read and written whole are JSON text.

create table meta (
  key   text primary key,
  value text not null
) strict;

-- What is watched: the definition lives in sources.toml, here is its state.
create table source (
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
) strict;

-- A server that answered 429 or 503: nobody asks it before.
create table host_rest (
  host  text primary key,                        -- host:port
  until integer not null
) strict;

create table item (
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
create index item_by_url on item (url) where url is not null;
create index item_by_arrival on item (first_seen_at);
create index item_by_source on item (source_id);   -- carries the row id: the newest items of a source without a sort

-- Keys of items that retention removed: while the source lists them, they do not come back as new.
create table tombstone (
  source_id      integer not null references source (id),
  key            text not null,
  last_listed_at integer not null,
  primary key (source_id, key)
) strict, without rowid;

-- Bodies apart, so that a list of items never reads them.
create table item_body (
  item_id integer primary key references item (id) on delete cascade,
  html    blob not null                          -- sanitised HTML, compressed (store/items.rs)
) strict;

create table item_theme (
  item_id     integer not null references item (id) on delete cascade,
  theme       text not null,
  score       real not null,
  matches     text not null,                     -- JSON: the rules that matched, where
  excluded_by text,                              -- JSON: the rule that excluded it
  primary key (item_id, theme)
) strict, without rowid;
create index item_theme_by_theme on item_theme (theme, item_id);

-- What was observed about an item, and what it adds up to. The lines of the ledger are computed from the evidence when shown.
create table assessment (
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
create index assessment_by_time on assessment (observed_at);

create table story (
  id          integer primary key,               -- that of the item that opened it
  lead_item   integer not null references item (id),
  opened_at   integer not null,                  -- when its first and last items happened
  last_at     integer not null,
  independent integer not null default 1,        -- independent publishers
  due_at      integer                            -- when to look for corroboration next; null: nothing to expect
) strict;
create index story_by_last on story (last_at);
create index story_due on story (due_at) where due_at is not null;

-- What grouping compares items by, taken from their whole text once: opaque, with a version (pipeline/stories/fingerprint.rs).
create table item_fingerprint (
  item_id integer primary key references item (id) on delete cascade,
  bytes   blob not null
) strict;

create table story_member (
  item_id  integer primary key references item (id) on delete cascade,
  story_id integer not null references story (id) on delete cascade,
  tie      text not null                         -- JSON: why
) strict;
create index story_member_by_story on story_member (story_id);

-- Append-only: the last one holds.
create table decision (
  id         integer primary key,
  item_id    integer not null references item (id),
  verdict    text not null check (verdict in ('keep','drop','later')),
  actor      text not null,
  reason     text,
  decided_at integer not null
) strict;
create index decision_by_item on decision (item_id, id);

-- Entries that could not be read, with why. One row for the same bytes of the same source.
create table quarantine (
  id          integer primary key,
  source_id   integer not null references source (id),
  fingerprint blob not null,
  reason      text not null,
  bytes       blob not null,
  first_seen_at integer not null,
  last_seen_at  integer not null,
  unique (source_id, fingerprint)
) strict;

-- One row a refresh: the proof that the watch was done.
create table refresh_run (
  id         integer primary key,
  started_at integer not null,
  ended_at   integer,
  report     text
) strict;

create table edition (
  number       integer primary key,
  digest       text not null,
  period       text not null,
  state        text not null check (state in ('draft','approved','sending','sent','cancelled')),
  content      text not null,                    -- JSON: domain EditionContent
  after_item   integer not null,                 -- the window: items with after_item < id <= up_to_item
  up_to_item   integer not null,
  since        integer not null default 0,       -- when the period before it ended
  opened_at    integer,                          -- when the edition before it was closed: what was deferred earlier is due
  composed_at  integer not null,
  approved_at  integer,
  approved_by  text,
  rendered     text,                             -- JSON: domain RenderedEdition, frozen at approval
  hash         text,                             -- SHA-256 of the frozen bytes
  sent_at      integer,
  cancelled_at integer
) strict;
-- Creating the row is winning the election: one living edition a period.
create unique index edition_one_a_period on edition (digest, period) where state <> 'cancelled';

-- A story is told once in a digest.
create table edition_item (
  edition  integer not null references edition (number),
  digest   text not null,
  item_id  integer not null references item (id),
  story_id integer not null,
  position integer not null,
  primary key (edition, item_id)
) strict, without rowid;
create index edition_item_by_story on edition_item (digest, story_id);

-- What became of every story that an edition could have told, and why.
create table edition_choice (
  edition  integer not null references edition (number),
  story_id integer not null,
  item_id  integer not null references item (id) on delete cascade,
  choice   text not null,                        -- JSON: domain Choice
  primary key (edition, story_id)
) strict, without rowid;
create index edition_choice_by_item on edition_choice (item_id);

create table subscription (
  id         integer primary key,
  email      text not null collate nocase,       -- nobody tells Marie@ from marie@
  digest     text not null,
  state      text not null check (state in ('pending','confirmed','unsubscribed')),
  consent    text not null,
  created_at integer not null,
  changed_at integer not null,
  unique (email, digest)
) strict;

-- Outlives an erasure, so that nobody is written to again: a keyed hash, no address.
create table suppression (
  address_hash text primary key,
  reason       text not null,
  since        integer not null
) strict;

create table delivery (
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
  ended_at        integer,                       -- null while there is something to do; also for 'ambiguous' until it is resent
  unique (edition, subscription_id)
) strict;
create index delivery_due on delivery (next_attempt_at) where ended_at is null;
create index delivery_by_email on delivery (email) where email <> '';

create table delivery_event (
  id          integer primary key,
  delivery_id integer not null references delivery (id),
  at          integer not null,
  state       text not null,
  attempt     integer not null,
  detail      text
) strict;
create index delivery_event_by_delivery on delivery_event (delivery_id);

-- Sending of a digest is paused (a refusal that is our fault); a person resumes it.
create table digest_pause (
  digest text primary key,
  reason text not null,
  since  integer not null
) strict;

-- What `serve` does by the clock: one row a job, so that a doubled or missed alarm changes nothing.
create table job (
  name       text primary key,
  key        text,                               -- what it last ran for: a day
  started_at integer not null,
  ended_at   integer,                            -- null while it runs, or when the process died
  last_error text
) strict;

-- Full text over stems of title, and of summary and body, without accents; holds no copy of the text. Words are cut, folded
-- and stemmed before they come here (store/search.rs), each once a column, so the tokeniser only splits at spaces.
create virtual table item_search using fts5 (
  title, body, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii'
);
