//! The one binary of integration tests.

mod stories;
//! The product from outside, in one binary: each module is a topic.

mod support;

mod assess;
mod crash;
mod dispatch;
mod farm;
mod fetch;
mod mail_bodies;
mod real_feeds;
mod smtp;
mod subscribers;
