-- The schedule asks each minute which periods have an edition: of all digests, without their content.
create index edition_by_digest on edition (digest, period, state);
