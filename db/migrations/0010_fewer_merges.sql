-- Segments of the index are merged by eight instead of four: a first refresh writes each word half as often, and a search opens a few more.
insert into item_search (item_search, rank) values ('automerge', 8);
