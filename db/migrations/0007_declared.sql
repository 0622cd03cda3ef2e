-- What a publisher declares with a document holds until the document changes, also when a 304 does not say it again.
alter table source add column declared text; -- JSON: domain Declared
