//! The product from outside, in one binary: each module is a topic.

mod crash;
mod farm;
mod mail_bodies;
mod real_feeds;
