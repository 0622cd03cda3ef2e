-- The unique constraint on (source_id, key) already finds the items of a source.
drop index item_by_source;
