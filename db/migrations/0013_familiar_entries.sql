-- What recognises the entries of a source's last document when they come again as they came, so that nobody reads them again.
create table source_familiar (
  source_id integer primary key references source (id) on delete cascade,
  traces    blob not null                        -- compact (store/familiar.rs)
) strict;
