-- The words of a batch are gathered in memory before they are written: with the room of 1 MB that SQLite gives, a batch of a refresh is
-- written in four or five pieces that are merged afterwards. Bytes.
insert into item_search (item_search, rank) values ('hashsize', 4194304);
