-- A server that wants rest again soon after its last gets more of it, so the last one is remembered.
alter table host_rest add column began integer; -- when it was asked for
