-- Further pages of a feed (RFC 5005) are read over several refreshes.
alter table source add column catch_up text; -- JSON: domain CatchUp, the last one or the one under way
