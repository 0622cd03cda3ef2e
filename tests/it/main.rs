//! The product from outside, in one binary: each module is a topic.
#![expect(clippy::unwrap_used, reason = "a helper that cannot do its work fails the test")]
#![expect(clippy::disallowed_methods, reason = "tests read their seed and the place of the corpora from the environment")]

mod support;

mod assess;
mod authoring;
mod demo;
mod dispatch;
mod editions;
mod errata;
mod exit_statuses;
mod faults;
mod fetch;
mod gate;
mod items;
mod mail_bodies;
mod messages;
mod migrations;
mod parse;
mod real_feeds;
mod recognised;
mod refresh;
mod rehearsals;
mod schedule;
mod serve;
mod smtp;
mod store;
mod stories;
mod story_acts;
mod subscribers;
