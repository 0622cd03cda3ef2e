//! The product from outside, in one binary: each module is a topic.

mod support;

mod authoring;
mod crash;
mod dispatch;
mod farm;
mod fetch;
mod gate;
mod mail_bodies;
mod migrations;
mod real_feeds;
mod smtp;
mod store;
mod stories;
mod subscribers;
