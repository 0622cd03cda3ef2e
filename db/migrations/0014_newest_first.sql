-- The words of the search index, one by one: a beginning is looked for as the words that have it.
create virtual table item_word using fts5vocab(item_search, instance);
-- Lists of what came with first fetches, and of what did not, the newest first: the others may be a million.
create index item_by_backlog on item (backlog);
