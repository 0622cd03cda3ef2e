-- What an edition said of earlier ones: the same change of an item is told once a digest.
create table edition_erratum (
  edition integer not null references edition (number),
  item_id integer not null references item (id),
  content text not null,                         -- SHA-256 in hexadecimal of the content that it spoke of
  primary key (edition, item_id)
) strict, without rowid;
create index edition_erratum_by_item on edition_erratum (item_id);
