//! The product from outside, in one binary: each module is a topic.

mod support;

mod assess;
mod authoring;
mod crash;
mod dispatch;
mod editions;
mod farm;
mod fetch;
mod gate;
mod items;
mod mail_bodies;
mod migrations;
mod parse;
mod real_feeds;
mod refresh;
mod schedule;
mod serve;
mod smtp;
mod store;
mod stories;
mod subscribers;
